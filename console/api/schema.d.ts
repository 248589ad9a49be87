// Made from the API's document by `npm run generate`; `npm run check` verifies that it is current.
export interface paths {
    "/api/v1/api-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List keys */
        get: operations["v1.api-key.list"];
        put?: never;
        /**
         * Create a key
         * @description For the organisation or for one application, with a role. The token is in the answer and nowhere else: only its SHA-256 is kept. A key hands out no key that may do more, in more places or for longer than itself.
         */
        post: operations["v1.api-key.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-key/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a key */
        get: operations["v1.api-key.get"];
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description Its tokens are good no more: here at once, in every other process within a second.
         */
        delete: operations["v1.api-key.delete"];
        options?: never;
        head?: never;
        /**
         * Change the name or the end of a key
         * @description What it may do and where stays: whoever has it was told. Another role is another key.
         */
        patch: operations["v1.api-key.patch"];
        trace?: never;
    };
    "/api/v1/api-key/{key_id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a key a new token */
        post: operations["v1.api-key.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List applications */
        get: operations["v1.application.list"];
        put?: never;
        /** Create an application */
        post: operations["v1.application.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an application */
        get: operations["v1.application.get"];
        /**
         * Replace an application, or create it
         * @description Creates one when the path holds a uid that none has; the quotas, when absent, stay as they are.
         */
        put: operations["v1.application.update"];
        post?: never;
        /**
         * Delete an application
         * @description It is gone at once with its endpoints and sources. What is owed is not sent; removing it goes on in the background.
         */
        delete: operations["v1.application.delete"];
        options?: never;
        head?: never;
        /** Change an application */
        patch: operations["patch_application"];
        trace?: never;
    };
    "/api/v1/app/{app_id}/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what waits for somebody's decision, the newest first */
        get: operations["v1.approval.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/attempt/endpoint/{endpoint_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attempts to an endpoint
         * @description Newest first by the moment the request was started; an attempt appears when it ended, so a page may gain entries for as long as a request may take.
         */
        get: operations["v1.message-attempt.list-by-endpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/attempt/msg/{msg_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attempts to deliver a message
         * @description Newest first by the moment the request was started; an attempt appears when it ended, so a page may gain entries for as long as a request may take.
         */
        get: operations["v1.message-attempt.list-by-msg"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/background-task": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List background tasks, newest first */
        get: operations["v1.app.background-task.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/background-task/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a background task */
        get: operations["v1.app.background-task.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/background-task/{task_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a background task
         * @description From the answer on it owes nothing more. `done` tells how many it owed, `owed` how many of them were not sent yet: they will be, unless `withdraw` is asked for.
         */
        post: operations["v1.app.background-task.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/background-task/{task_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a background task
         * @description It owes nothing more until it is resumed. What it owed already is sent.
         */
        post: operations["v1.app.background-task.pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/background-task/{task_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a background task
         * @description It goes on where it stopped.
         */
        post: operations["v1.app.background-task.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List endpoints */
        get: operations["v1.endpoint.list"];
        put?: never;
        /**
         * Create an endpoint
         * @description It is owed every event that is accepted after the answer. Without a secret one is made.
         */
        post: operations["v1.endpoint.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an endpoint */
        get: operations["v1.endpoint.get"];
        /**
         * Replace an endpoint, or create it
         * @description Creates one when the path holds a uid that none has. What is not part of Svix's API stays as it is when absent. Enabling an endpoint forgets its failures.
         */
        put: operations["v1.endpoint.update"];
        post?: never;
        /**
         * Delete an endpoint
         * @description It is gone at once. What is owed to it is not sent; removing it goes on in the background.
         */
        delete: operations["v1.endpoint.delete"];
        options?: never;
        head?: never;
        /** Change an endpoint */
        patch: operations["patch_endpoint"];
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/dead": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List an endpoint's dead letters
         * @description Deliveries that ended without success, those of the newest messages first. A page may hold fewer than asked for when a filter lets few pass. Not part of Svix's API.
         */
        get: operations["v1.delivery.list-dead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/dead/expire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Expire dead letters
         * @description They are not kept any more, and cannot be requeued; their attempts stay. One request expires 10,000 at most; `done` says whether to ask again. Not part of Svix's API.
         */
        post: operations["v1.delivery.expire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/dead/requeue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Requeue dead letters
         * @description Each is owed again now, the same delivery with its whole schedule anew, marked `replay` in every attempt. A filter that more than 1,000 pass starts a task instead, which replays them at a rate as deliveries of their own; what was cancelled it leaves alone unless that is the reason asked for. Erased messages are left alone. Requeuing twice is requeuing once. Not part of Svix's API.
         */
        post: operations["v1.delivery.requeue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/headers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the custom headers of an endpoint
         * @description Values that are credentials are not shown; their names are.
         */
        get: operations["v1.endpoint.get-headers"];
        /**
         * Replace the custom headers of an endpoint
         * @description They are sent in this order and case. Host, framing, signature and id headers cannot be set.
         */
        put: operations["v1.endpoint.update-headers"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change some of the custom headers of an endpoint */
        patch: operations["v1.endpoint.patch-headers"];
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See how an endpoint is
         * @description Mode, breaker and hold, what is owed, held, leased and dead, and what the newest attempts say. Counts stop at 10,000 and then say so. Not part of Svix's API.
         */
        get: operations["v1.endpoint.health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/msg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages that were attempted at an endpoint
         * @description By their newest attempt there, newest first, with what became of them since. A message that goes to more than a thousand endpoints may come twice. A page may hold fewer messages than asked for when a filter lets few pass.
         */
        get: operations["v1.message-attempt.list-attempted-messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/owed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what is owed to an endpoint
         * @description What waits, by due time; or what is held by hand, or in the hands of processes now, by age. A page may hold fewer deliveries than asked for when a filter lets few pass. Not part of Svix's API.
         */
        get: operations["v1.delivery.list-owed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/owed/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel what is owed to an endpoint
         * @description Deliveries that wait or are held become dead letters, reason `cancelled`; they can be requeued. What is in the hands of a process may be on the wire and is left alone. One request changes about 10,000 at most; `done` says whether to ask again. Not part of Svix's API.
         */
        post: operations["v1.delivery.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/owed/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold what is owed to an endpoint
         * @description Deliveries that wait are not sent until they are released. Their time to live goes on, and what is held longer than anything may be held becomes a dead letter. What is in the hands of a process may be on the wire and is left alone. One request changes about 10,000 at most; `done` says whether to ask again. Not part of Svix's API.
         */
        post: operations["v1.delivery.hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/owed/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release what is held
         * @description Each is due when it would have been, had nobody held it: at once where that has passed. What is in the hands of a process may be on the wire and is left alone. One request changes about 10,000 at most; `done` says whether to ask again. Not part of Svix's API.
         */
        post: operations["v1.delivery.release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause an endpoint
         * @description Nothing more is started for it; what it is owed and what comes is kept until it is resumed, within the bounds of what is held. Requests under way end. Asking twice is asking once. Not part of Svix's API.
         */
        post: operations["v1.endpoint.pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether an endpoint is back, now
         * @description Lets one request, the delivery that is next, through an open breaker or a hold, within about a second and through one process only. A success closes the breaker; a hold that Retry-After asked for stays until its time. 409 `nothing_to_probe`: nothing keeps requests back; `probe_under_way`: one is on its way; `nothing_owed`: there is nothing to send; `endpoint_paused`, `endpoint_disabled`: resume it instead. Not part of Svix's API.
         */
        post: operations["v1.endpoint.probe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send again what failed
         * @description Every message accepted since then that has a dead letter at the endpoint and was never delivered there, as a background task. At most 100 become owed in a second.
         */
        post: operations["v1.endpoint.recover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/replay-missing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send what the endpoint never got
         * @description Every message accepted since then that the endpoint's filters want, as they are now, and that was never delivered there, as a background task. At most 100 become owed in a second.
         */
        post: operations["v1.endpoint.replay-missing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume an endpoint
         * @description Enables it, paused or disabled: breaker, hold and failures are forgotten, and what it is owed falls due as it would have. Not part of Svix's API.
         */
        post: operations["v1.endpoint.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get what receivers verify with */
        get: operations["v1.endpoint.get-secret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret of an endpoint
         * @description The old secret signs beside the new one until its grace is over.
         */
        post: operations["v1.endpoint.rotate-secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/send-example": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an example to an endpoint
         * @description A message of its own, with an example of the event type's newest schema, or one that says that there is none. It goes to this endpoint alone, whatever that listens to, signed and recorded like any other.
         */
        post: operations["v1.endpoint.send-example"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An endpoint's attempts over time
         * @description By the minute, for the last 24 hours. Measured beside the attempts, which are the truth: a process that was killed takes its last seconds with it. Not part of Svix's API.
         */
        get: operations["v1.endpoint.series"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/endpoint/{endpoint_id}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count an endpoint's deliveries by what became of them
         * @description Of messages accepted within a time, the last 28 days unless asked otherwise. Each count stops at 10,000; then `isExact` is false.
         */
        get: operations["v1.endpoint.get-stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List flows */
        get: operations["v1.flow.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the secrets that flows may use
         * @description Names, grants and dates. No operation shows a value.
         */
        get: operations["v1.flow-secret.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow-secret/{secret_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a secret, or grant it to other flows
         * @description Requests that leave a second later carry the new value. Flows name it as `secrets.<name>` in the headers of `http` steps.
         */
        put: operations["v1.flow-secret.put"];
        post?: never;
        /**
         * Delete a secret
         * @description Steps that need it fail with `secret_unknown` from then on.
         */
        delete: operations["v1.flow-secret.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a flow with its definition */
        get: operations["v1.flow.get"];
        /**
         * Create a flow, or give it a new version
         * @description The name in the path and in the definition are the same. The definition it has already makes no new version. A definition that is not valid is answered 422 `definition_invalid` with its faults.
         */
        put: operations["v1.flow.put"];
        post?: never;
        /**
         * Delete a flow
         * @description Its runs that have not ended are cancelled: what they did is compensated. Those that have stay until retention drops them.
         */
        delete: operations["v1.flow.delete"];
        options?: never;
        head?: never;
        /** Enable, pause or disable a flow */
        patch: operations["v1.flow.patch"];
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/backtest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a definition on real runs of the past
         * @description On the last runs that ended, with the results that their steps had. Nothing outside is asked or changed. Tells what would differ.
         */
        post: operations["v1.flow.backtest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/failure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List failures, those that look alike as one */
        get: operations["v1.flow.failure.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List reruns of many, the newest 100 */
        get: operations["v1.flow.rerun.list"];
        put?: never;
        /**
         * Run many again
         * @description With `dryRun` they are counted. Otherwise they are begun at the given rate, whatever becomes of this process.
         */
        post: operations["v1.flow.rerun.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/rerun/{rerun_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a rerun of many is */
        get: operations["v1.flow.rerun.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/rerun/{rerun_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a rerun of many
         * @description What it began goes on. One that has ended is answered 409 `task_ended`.
         */
        post: operations["v1.flow.rerun.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a run
         * @description With an Idempotency-Key the same request starts it once. With `wait` the answer comes when its `respond` step spoke, or when it ended; if that takes longer than `wait`, the answer is 202 with the run, which goes on. Like a message it is its own record: the audit log has nothing of it.
         */
        post: operations["v1.flow.start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/run/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start many runs
         * @description All or none.
         */
        post: operations["v1.flow.start-batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When its schedules come, and what became of those that came */
        get: operations["v1.flow.schedule.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What flow control holds back, and what it skipped */
        get: operations["v1.flow.skip.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How its runs went */
        get: operations["v1.flow.stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of a flow, the newest first
         * @description The newest 200.
         */
        get: operations["v1.flow.version.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/version/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a version with its definition */
        get: operations["v1.flow.version.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/{flow_id}/version/{version}/deploy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a version the one that new runs begin with
         * @description And say what becomes of runs of other versions. With `dryRun` it tells which could move and why others cannot, and changes nothing.
         */
        post: operations["v1.flow.version.deploy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/flow/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a definition
         * @description Changes nothing. Every fault is told with its place; of `source` with line and column. Sources, endpoints, flows and secrets that it names are looked up in the application.
         */
        post: operations["v1.flow.check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages, newest first
         * @description `prevIterator` leads to what is newer, and may be followed for ever: nothing is left out, though messages of the last moments may come twice. A page may hold fewer messages than asked for when their payloads are large.
         */
        get: operations["v1.message.list"];
        put?: never;
        /**
         * Send a message to all endpoints that listen to it
         * @description The answer comes once the message and everything owed because of it are committed. A 503 means not confirmed: asking again with the same Idempotency-Key is safe.
         */
        post: operations["v1.message.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg/{msg_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a message */
        get: operations["v1.message.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an attempt */
        get: operations["v1.message-attempt.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Erase what a receiver answered
         * @description Body and headers of the answer, for good. That it answered, and how, stays.
         */
        delete: operations["v1.message-attempt.expunge-content"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Erase a message's payload
         * @description For good. What is owed of it and waits ends as a dead letter, reason `erased`; what is in the hands of a process at this moment was read before, and is sent. Its attempts stay.
         */
        delete: operations["v1.message.expunge-content"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/endpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the endpoints that a message was attempted at
         * @description With what became of it there. Those that were deleted since are left out.
         */
        get: operations["v1.message-attempt.list-attempted-destinations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a message to an endpoint once more
         * @description Now, as a delivery of its own with the same webhook-id. The endpoint need not have been owed it before.
         */
        post: operations["v1.message-attempt.resend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg/{msg_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a message from its arrival to each outcome
         * @description Every delivery of it, also those that were not tried yet, with its attempts from the first to the last. Each time says whose clock told it: between a process's and the database's lies what they differ. The payload is not among it. Not part of Svix's API.
         */
        get: operations["v1.message.timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/msg/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send up to 1,000 messages
         * @description Each has its own answer: one that is refused does not keep the others from being accepted. Not part of Svix's API.
         */
        post: operations["v1.message.create-batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/portal-theme": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get what an application's portal has different */
        get: operations["v1.portal-theme.get-of-application"];
        /** Set what an application's portal has different */
        put: operations["v1.portal-theme.update-of-application"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send messages of the past again
         * @description By time, type, channel, tag, endpoint and what became of them there. With `dryRun` they are counted only. Otherwise a background task begins, which counts first and then owes them at its pace; what is sent because of it has the trigger `replay`. Not part of Svix's API.
         */
        post: operations["v1.app.replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List runs, the newest first */
        get: operations["v1.run.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/run/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a run with all that is recorded of it
         * @description Values above 16 KiB, and of very long runs the later steps, are left out and told.
         */
        get: operations["v1.run.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/run/{run_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or reject
         * @description Who decided, when and why is kept. What was decided already is answered 409 `approval_decided`.
         */
        post: operations["v1.run.approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/run/{run_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a run
         * @description What is under way is given up, what was done is compensated. One that has ended is answered 409 `run_ended`.
         */
        post: operations["v1.run.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/run/{run_id}/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a run's journal, in order */
        get: operations["v1.run.journal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/run/{run_id}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run it again
         * @description A new run; the old one stays as it is. Steps before `from` keep their results and are not done again.
         */
        post: operations["v1.run.rerun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/run/{run_id}/tail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Watch a run as it goes on */
        get: operations["v1.run.tail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/run/{run_id}/value": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get one value of a run, whole */
        get: operations["v1.run.value"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sources */
        get: operations["v1.source.list"];
        put?: never;
        /**
         * Create a source
         * @description The answer is the only one that shows the secret without asking for secrets.
         */
        post: operations["v1.source.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/source/{source_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a source */
        get: operations["v1.source.get"];
        /**
         * Replace a source
         * @description The preset and the URL stay.
         */
        put: operations["v1.source.update"];
        post?: never;
        /**
         * Delete a source
         * @description Its URL answers 404 from now on. Events that came through it stay.
         */
        delete: operations["v1.source.delete"];
        options?: never;
        head?: never;
        /** Change a source */
        patch: operations["v1.source.patch"];
        trace?: never;
    };
    "/api/v1/app/{app_id}/source/{source_id}/rejection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List recent requests that were refused, newest first
         * @description The newest hundred; strangers write them, so they are cut, and what may be secret is masked.
         */
        get: operations["v1.source.list-rejections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/source/{source_id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the secrets that are good now, newest first */
        get: operations["v1.source.get-secrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/source/{source_id}/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret of a source
         * @description Those before stay good until the overlap is over, so that no webhook is lost while the provider is told.
         */
        post: operations["v1.source.rotate-secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/tail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch what happens in an application
         * @description Server-sent events: `batch` at most every 250 ms. What is too much is counted, never dropped without a word. What happens in other processes comes a moment later. Not part of Svix's API.
         */
        get: operations["v1.tail.application"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/task": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tasks
         * @description The newest first. A page may hold fewer than asked for when a filter lets few pass. Not part of Svix's API.
         */
        get: operations["v1.task.list"];
        put?: never;
        /**
         * Enqueue a task
         * @description A worker that knows its name does it. What is answered is committed. Not part of Svix's API.
         */
        post: operations["v1.task.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/task-queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List queues of tasks
         * @description Those in which something waits or runs, that workers serve, or that have limits. Not part of Svix's API.
         */
        get: operations["v1.task-queue.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/task-queue/{queue}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Pause, resume or limit a queue
         * @description Limits hold over all workers. What runs goes on. Not part of Svix's API.
         */
        patch: operations["v1.task-queue.patch"];
        trace?: never;
    };
    "/api/v1/app/{app_id}/task/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a task
         * @description With its input, its output or error, and its attempts. Not part of Svix's API.
         */
        get: operations["v1.task.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/task/{task_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a task
         * @description One that waits has ended with the answer. The worker of one that runs is asked to stop it; what it then reports counts. Not part of Svix's API.
         */
        post: operations["v1.task.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/task/{task_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a task again
         * @description One that failed or was cancelled is owed once more, now, with as many attempts as it had. A task of a run is not tried again by itself: run the run again. Not part of Svix's API.
         */
        post: operations["v1.task.retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/task/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enqueue many tasks
         * @description All of them, or none. Not part of Svix's API.
         */
        post: operations["v1.task.create-batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/task/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try failed tasks again
         * @description The newest first, 1,000 by one request; `done` says whether to ask again. With `dryRun` they are counted. Tasks of runs are left alone. Not part of Svix's API.
         */
        post: operations["v1.task.retry-many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/worker": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List workers
         * @description The newest first; those that ended within a day among them. Not part of Svix's API.
         */
        get: operations["v1.worker.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/worker/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say that a worker lives
         * @description Once a second, whatever else it asks. Tells of tasks that it should stop. Not part of Svix's API.
         */
        post: operations["v1.worker.heartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/worker/lease": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take tasks
         * @description The first time a worker says who it is and what it can do, and is given a token. It waits for up to `waitSeconds` until there is something to do. docs/reference/worker-protocol.md has the protocol. Not part of Svix's API.
         */
        post: operations["v1.worker.lease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/worker/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a worker
         * @description What it still has is owed again at once, and its attempts do not count. Not part of Svix's API.
         */
        post: operations["v1.worker.leave"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app/{app_id}/worker/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report what became of tasks
         * @description Answered after the commit. Safe to repeat: what was told before is answered as before, and what comes too late changes nothing and is told so. Not part of Svix's API.
         */
        post: operations["v1.worker.report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who changed what, newest first
         * @description Every change but the sending of messages, every look at a secret, and attempts that were refused (of many by the same actor only some).
         */
        get: operations["v1.audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take the audit log along, a record a line
         * @description Newest first, all that the filters let through, as JSON lines. An answer that breaks off is not whole.
         */
        get: operations["v1.audit.export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/app-portal-access/{app_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open the portal to a user of an application
         * @description The answer has a token for this one application, and a link with the token in its fragment, which browsers send to no server. Whoever has either is that user until it expires.
         */
        post: operations["v1.authentication.app-portal-access"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/app/{app_id}/expire-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the portal sessions of an application */
        post: operations["v1.authentication.expire-all"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session of this token
         * @description Of the portal, or of the console in development. A key does not log out: it is revoked.
         */
        post: operations["v1.authentication.logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/background-task": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List background tasks, newest first */
        get: operations["v1.background-task.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/background-task/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a background task */
        get: operations["v1.background-task.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/background-task/{task_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a background task
         * @description From the answer on it owes nothing more. `done` tells how many it owed, `owed` how many of them were not sent yet: they will be, unless `withdraw` is asked for.
         */
        post: operations["v1.background-task.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/background-task/{task_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a background task
         * @description It owes nothing more until it is resumed. What it owed already is sent.
         */
        post: operations["v1.background-task.pause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/background-task/{task_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a background task
         * @description It goes on where it stopped.
         */
        post: operations["v1.background-task.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/event-type": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List event types */
        get: operations["v1.event-type.list"];
        put?: never;
        /** Create an event type, or take an archived one into use again */
        post: operations["v1.event-type.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/event-type/{event_type_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an event type */
        get: operations["v1.event-type.get"];
        /** Replace an event type, or create it */
        put: operations["v1.event-type.update"];
        post?: never;
        /**
         * Take an event type out of use
         * @description Endpoints that listen to it keep doing so; new ones cannot choose it. Creating it again takes it back into use.
         */
        delete: operations["v1.event-type.delete"];
        options?: never;
        head?: never;
        /** Change an event type */
        patch: operations["patch_event_type"];
        trace?: never;
    };
    "/api/v1/find/{id_or_uid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find what an id names
         * @description Any public id, or the uid of an application; with `app_id` also the uid of its endpoints, messages and sources, and the name of its flows. An attempt is found when its message was accepted at most three days before it; a delivery while it is not delivered, or when it was owed as its message was accepted. Not part of Svix's API.
         */
        get: operations["v1.find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the server answers
         * @description Needs no token. HEAD does the same. `/livez`, `/readyz` and `/startupz` tell a scheduler more.
         */
        get: operations["v1.health.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /**
         * Whether the server answers
         * @description Needs no token. HEAD does the same. `/livez`, `/readyz` and `/startupz` tell a scheduler more.
         */
        head: operations["v1.health.head"];
        patch?: never;
        trace?: never;
    };
    "/api/v1/instance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What runs here
         * @description Versions, schema, the database's settings and those of the process that answered; secrets are masked.
         */
        get: operations["v1.instance.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what the process that answers writes to its log
         * @description Until it ends. `kill -USR2` does the same without a token: info, debug, trace, and round again.
         */
        patch: operations["v1.instance.patch"];
        trace?: never;
    };
    "/api/v1/operational-webhook/endpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List operational webhook endpoints */
        get: operations["v1.operational-webhook.endpoint.list"];
        put?: never;
        /**
         * Create an operational webhook endpoint
         * @description It is told what happens after the answer. Without a secret one is made.
         */
        post: operations["v1.operational-webhook.endpoint.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operational-webhook/endpoint/{endpoint_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an operational webhook endpoint */
        get: operations["v1.operational-webhook.endpoint.get"];
        /**
         * Replace an operational webhook endpoint, or create it
         * @description Creates one when the path holds a uid that none has.
         */
        put: operations["v1.operational-webhook.endpoint.update"];
        post?: never;
        /** Delete an operational webhook endpoint */
        delete: operations["v1.operational-webhook.endpoint.delete"];
        options?: never;
        head?: never;
        /** Change an operational webhook endpoint */
        patch: operations["patch_operational_webhook_endpoint"];
        trace?: never;
    };
    "/api/v1/operational-webhook/endpoint/{endpoint_id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the attempts to an operational webhook endpoint */
        get: operations["list_operational_webhook_attempts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operational-webhook/endpoint/{endpoint_id}/headers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the custom headers of an operational webhook endpoint
         * @description Values that are credentials are not shown; their names are.
         */
        get: operations["v1.operational-webhook.endpoint.get-headers"];
        /** Replace the custom headers of an operational webhook endpoint */
        put: operations["v1.operational-webhook.endpoint.update-headers"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change some of the custom headers of an operational webhook endpoint */
        patch: operations["v1.operational-webhook.endpoint.patch-headers"];
        trace?: never;
    };
    "/api/v1/operational-webhook/endpoint/{endpoint_id}/msg/{msg_id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an operational webhook once more
         * @description Now, as a delivery of its own with the same webhook-id.
         */
        post: operations["resend_operational_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operational-webhook/endpoint/{endpoint_id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get what the receiver of operational webhooks verifies with */
        get: operations["v1.operational-webhook.endpoint.get-secret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operational-webhook/endpoint/{endpoint_id}/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the secret of an operational webhook endpoint
         * @description The old secret signs beside the new one until its grace is over.
         */
        post: operations["v1.operational-webhook.endpoint.rotate-secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operational-webhook/event-type": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what operational webhooks tell
         * @description Each with the JSON Schema of its payload and an example.
         */
        get: operations["list_operational_webhook_event_types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the installation is now
         * @description Rates and latencies of all processes; those of the process that answers are of this second, those of the others at most ten seconds old. Measured, not counted from the log: a process that was killed takes its last seconds with it. Not part of Svix's API.
         */
        get: operations["v1.overview.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the installation was
         * @description Seconds of the last minute and a half (of the process that answers), ten seconds for up to six hours of the last two days, five minutes for the last eight days. Not part of Svix's API.
         */
        get: operations["v1.overview.series"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview/top": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whose it is
         * @description The applications with most events, the endpoints with most failed attempts (both of the last hour), or those to which most is owed now. Not part of Svix's API.
         */
        get: operations["v1.overview.top"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get what the portal begins with
         * @description The application of the token and the portal's looks: the organisation's, then the application's, then the session's. A token for the organisation has no portal.
         */
        get: operations["v1.portal.get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portal-theme": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get how the portal looks */
        get: operations["v1.portal-theme.get"];
        /** Set how the portal looks */
        put: operations["v1.portal-theme.update"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch what happens
         * @description Server-sent events: `batch` at most every 250 ms. What is too much is counted, never dropped without a word. What happens in other processes comes a moment later. Not part of Svix's API.
         */
        get: operations["v1.tail.all"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tell who the token is, and what it may do */
        get: operations["v1.authentication.whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ApiKeyIn: {
            /**
             * @description The application it is for, by id or uid; null: the organisation
             * @example unique-app-identifier
             */
            appId?: string | null;
            /**
             * Format: date-time
             * @description When its tokens stop being good; null: when it is revoked
             */
            expiresAt?: string | null;
            /** @example Billing service */
            name: string;
            role: components["schemas"]["Role"];
        };
        ApiKeyIssued: {
            appId: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description `root`, or the id of a key or session */
            createdBy: string;
            /** Format: date-time */
            expiresAt: string | null;
            /** @example key_01h455vb4pex5vsknk084sn02q */
            id: string;
            /**
             * Format: date-time
             * @description To about a minute
             */
            lastUsedAt: string | null;
            name: string;
            /**
             * @description How its token begins
             * @example phk_9fJ2aB
             */
            prefix: string;
            role: components["schemas"]["Role"];
            /**
             * @description Shown this once
             * @example phk_9fJ2aB…
             */
            token: string;
        };
        ApiKeyOut: {
            appId: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description `root`, or the id of a key or session */
            createdBy: string;
            /** Format: date-time */
            expiresAt: string | null;
            /** @example key_01h455vb4pex5vsknk084sn02q */
            id: string;
            /**
             * Format: date-time
             * @description To about a minute
             */
            lastUsedAt: string | null;
            name: string;
            /**
             * @description How its token begins
             * @example phk_9fJ2aB
             */
            prefix: string;
            role: components["schemas"]["Role"];
        };
        ApiKeyPatch: {
            /**
             * Format: date-time
             * @description When its tokens stop being good; null: when it is revoked
             */
            expiresAt?: string | null;
            /** @example Billing service */
            name?: string;
        };
        ApiKeyRotateIn: {
            /**
             * @description How long the tokens before stay good; 0: not any more, as after a leak
             * @default 86400
             */
            graceSeconds?: number;
        };
        ApplicationIn: {
            /** @description Endpoints it may have; null: the installation's setting. Not part of Svix's API */
            endpointsMax?: number | null;
            /** @description Events it may send per second; null: the installation's setting. Not part of Svix's API */
            eventsPerSecond?: number | null;
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /** @example My first application */
            name: string;
            /** @description Largest payload of one event, in bytes; null: the installation's setting. Not part of Svix's API */
            payloadBytesMax?: number | null;
            /** @description Maximum deliveries per second to all endpoints of the application; null: unlimited */
            throttleRate?: number | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-app-identifier
             */
            uid?: string | null;
        };
        ApplicationOut: {
            /** Format: date-time */
            createdAt: string;
            /** @description Endpoints it may have; null: the installation's setting. Not part of Svix's API */
            endpointsMax?: number | null;
            /** @description Events it may send per second; null: the installation's setting. Not part of Svix's API */
            eventsPerSecond?: number | null;
            /** @example app_01h455vb4pex5vsknk084sn02q */
            id: string;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /** @description Largest payload of one event, in bytes; null: the installation's setting. Not part of Svix's API */
            payloadBytesMax?: number | null;
            /** @description Maximum deliveries per second to all endpoints of the application; null: unlimited */
            throttleRate?: number | null;
            uid?: string | null;
            /** Format: date-time */
            updatedAt: string;
        };
        ApplicationPatch: {
            /** @description Endpoints it may have; null: the installation's setting. Not part of Svix's API */
            endpointsMax?: number | null;
            /** @description Events it may send per second; null: the installation's setting. Not part of Svix's API */
            eventsPerSecond?: number | null;
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /** @example My first application */
            name?: string;
            /** @description Largest payload of one event, in bytes; null: the installation's setting. Not part of Svix's API */
            payloadBytesMax?: number | null;
            /** @description Maximum deliveries per second to all endpoints of the application; null: unlimited */
            throttleRate?: number | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-app-identifier
             */
            uid?: string | null;
        };
        ApplicationReplayIn: {
            /** @description Only messages with one of these channels */
            channels?: string[] | null;
            /**
             * @description Only counts what would be owed, within about a second
             * @default false
             */
            dryRun?: boolean;
            /** @description To these only, by id or uid; otherwise to all that are not disabled */
            endpointIds?: string[] | null;
            /** @description Only messages of these types */
            eventTypes?: string[] | null;
            /** @description Only where the last attempt to the endpoint had one of these outcomes */
            outcomes?: ("delivered" | "retryable" | "permanent" | "gone" | "timeout" | "ambiguous" | "signature_error" | "endpoint_config_error" | "internal_error")[] | null;
            /**
             * @description At most so many become owed in a second
             * @default 100
             */
            ratePerSecond?: number;
            /** @description Only where the last attempt to the endpoint, or a dead letter there, has one of these reasons */
            reasons?: string[] | null;
            /**
             * Format: date-time
             * @description Messages accepted then or later
             */
            since: string;
            /** @description Only messages with one of these tags */
            tags?: string[] | null;
            /**
             * Format: date-time
             * @description Messages accepted before; not later than now, which is the default
             */
            until?: string | null;
            what: components["schemas"]["ReplayWhat"];
        };
        ApplicationTokenExpireIn: {
            /** @description In how many seconds they end; at once unless given */
            expiry?: number | null;
            /**
             * @description Only those created with one of these names; all unless given
             * @default []
             */
            sessionIds?: string[];
        };
        AppPortalAccessIn: {
            /** @description Creates the application if there is none of this uid; takes the permission `admin` */
            application?: {
                /** @description Endpoints it may have; null: the installation's setting. Not part of Svix's API */
                endpointsMax?: number | null;
                /** @description Events it may send per second; null: the installation's setting. Not part of Svix's API */
                eventsPerSecond?: number | null;
                /** @default {} */
                metadata?: {
                    [key: string]: string;
                };
                /** @example My first application */
                name: string;
                /** @description Largest payload of one event, in bytes; null: the installation's setting. Not part of Svix's API */
                payloadBytesMax?: number | null;
                /** @description Maximum deliveries per second to all endpoints of the application; null: unlimited */
                throttleRate?: number | null;
                /**
                 * @description Unique identifier of your own, usable wherever an id is
                 * @example unique-app-identifier
                 */
                uid?: string | null;
            } | null;
            /** @description Svix's: without `ManageEndpoint` among them the session is read-only */
            capabilities?: ("ViewBase" | "ViewEndpointSecret" | "ManageEndpointSecret" | "ManageTransformations" | "CreateAttempts" | "ManageEndpoint")[] | null;
            /** @description The same; not part of Svix's API */
            expiresInSeconds?: number | null;
            /** @description Seconds the token is good for, 7 days unless given */
            expiry?: number | null;
            /**
             * @description Not heeded
             * @default []
             */
            featureFlags?: string[];
            /** @description May look, and change nothing */
            readOnly?: boolean | null;
            /** @description A name by which `expire-all` ends it */
            sessionId?: string | null;
            theme?: components["schemas"]["PortalTheme"];
        };
        AppPortalAccessOut: {
            /** @example appsk_kV3ts5tKPNJN4Dl25cMTfUNdmabxbX0O */
            token: string;
            /**
             * Format: uri
             * @example https://example.com/portal#key=eyJhcHBJZCI6ImFwcF8…
             */
            url: string;
        };
        ApprovalOut: {
            /** Format: date-time */
            askedAt: string;
            /** @description null: it still waits for one */
            decision: {
                approved: boolean;
                /** Format: date-time */
                at: string;
                by: string;
                reason: string;
            } | null;
            /** @description Any JSON */
            details?: unknown;
            flow: string;
            flowId: string;
            /** @description The step that waits */
            path: string;
            runId: string;
            title: string;
            /**
             * Format: date-time
             * @description Then it goes on without a decision
             */
            until: string | null;
        };
        AttentionOut: {
            appId: string | null;
            endpointId: string | null;
            /** @enum {string} */
            kind: "breaker_open" | "endpoint_failing" | "endpoint_disabled" | "source_rejecting" | "backlog_old" | "process_lost" | "disk_low" | "database_slow";
            /** @enum {string} */
            severity: "warning" | "critical";
            /** Format: date-time */
            since: string | null;
            sourceId: string | null;
            summary: string;
            /** @description Seconds of age, or how many */
            value: number | null;
        };
        AuditOut: {
            actor: {
                id: string;
                /** @enum {string} */
                kind: "root" | "key" | "portal" | "console" | "stranger";
                name: string;
            };
            appId: string | null;
            /** Format: date-time */
            at: string;
            /** @description What was asked, values that may be secret masked; `suppressed`: refusals of the same actor since the last that was recorded */
            detail: {
                [key: string]: unknown;
            };
            /** @example aud_01h455vb4pex5vsknk084sn02q */
            id: string;
            method: string;
            /** @description The operationId */
            operation: string;
            path: string;
            remoteAddress: string | null;
            requestId: string;
            /** @description Below 400: done. 401, 403, 404: refused */
            status: number;
            target: string | null;
        };
        /** @description What stands beside Svix's `id`, `status`, `task`, `data` and `updatedAt` is ours. */
        BackgroundTaskOut: {
            appId: string;
            /** Format: date-time */
            createdAt: string;
            data: {
                /** @description The first 250. Not in lists */
                byEndpoint?: {
                    done: number;
                    endpointId: string;
                    /** @enum {string|null} */
                    error: "endpoint_deleted" | "endpoint_disabled" | null;
                    matched: number | null;
                    /** @enum {string} */
                    phase: "counting" | "owing" | "finished" | "failed";
                    skipped: number;
                    /** @enum {string|null} */
                    waiting: "backlog" | "paused" | null;
                }[];
                /** @description Owed by it so far */
                done: number;
                error: string | null;
                filter: {
                    channels: string[] | null;
                    eventTypes: string[] | null;
                    outcomes: string[] | null;
                    reasons: string[] | null;
                    /** Format: date-time */
                    since: string;
                    tags: string[] | null;
                    /** Format: date-time */
                    until: string;
                    what: components["schemas"]["ReplayWhat"];
                };
                /** @description How many it will owe; null: still counting */
                matched: number | null;
                /** @description Of those owed by it, how many still wait or are being sent; null: too much is owed to tell. Not in lists */
                owed?: number | null;
                ratePerSecond: number;
                /** @description Would have been owed, but their payload was erased */
                skipped: number;
                /**
                 * @description What it waits for: endpoints that are owed much already, or that are paused
                 * @enum {string|null}
                 */
                waiting: "backlog" | "paused" | null;
            };
            /** @description The endpoint, when it is about one only */
            endpointId: string | null;
            /** Format: date-time */
            finishedAt: string | null;
            /** @example qtask_01h455vb4pex5vsknk084sn02q */
            id: string;
            status: components["schemas"]["BackgroundTaskStatus"];
            task: components["schemas"]["BackgroundTaskType"];
            /** Format: date-time */
            updatedAt: string;
        };
        /**
         * @description `paused` and `cancelled` are not part of Svix's API
         * @enum {string}
         */
        BackgroundTaskStatus: "running" | "paused" | "finished" | "failed" | "cancelled";
        /** @enum {string} */
        BackgroundTaskType: "endpoint.recover" | "endpoint.replay" | "endpoint.bulk-replay";
        /** @description Either `ids` or `filter`; an empty filter means all */
        DeadChangeIn: {
            /**
             * @description Only count
             * @default false
             */
            dryRun?: boolean;
            filter?: {
                /** @description Of messages of these types */
                eventTypes?: string[];
                /** @enum {string} */
                reason?: "exhausted" | "permanent" | "expired" | "endpoint_deleted" | "application_deleted" | "endpoint_disabled" | "held_too_long" | "held_too_many" | "cancelled" | "erased";
                /**
                 * Format: date-time
                 * @description Of messages accepted from then on
                 */
                since?: string;
                /**
                 * @description Of messages with this tag
                 * @example import-2026-01
                 */
                tag?: string;
                /**
                 * Format: date-time
                 * @description Of messages accepted before
                 */
                until?: string;
            };
            /**
             * @description These deliveries, up to 1000
             * @example [
             *       "dlv_01h455vb4pex5vsknk084sn02q"
             *     ]
             */
            ids?: string[];
            /**
             * @description How fast a task requeues, when there are too many for one request
             * @default 100
             */
            ratePerSecond?: number;
        };
        DeadLetterOut: {
            attempts: number;
            endpointId: string;
            eventType: string | null;
            /** @example dlv_01h455vb4pex5vsknk084sn02q */
            id: string;
            lastAttempt: {
                id: string;
                outcome: string;
                reason: string;
                status: number | null;
            } | null;
            messageId: string;
            /** @enum {string} */
            reason: "exhausted" | "permanent" | "expired" | "endpoint_deleted" | "application_deleted" | "endpoint_disabled" | "held_too_long" | "held_too_many" | "cancelled" | "erased";
            /** Format: date-time */
            settledAt: string;
        };
        DeliveryChangeOut: {
            /** @description How many were changed, or would be */
            count: number;
            /** @description False: there are at least so many; counting stopped */
            countIsExact: boolean;
            /** @description False: this request reached its bound; asking again goes on */
            done: boolean;
            dryRun: boolean;
            /** @description Of the given ids, those left alone: in the hands of a process (its request may be on the wire), settled, or as asked already */
            skipped: number;
        };
        EmptyResponse: Record<string, never>;
        EndpointHeadersIn: {
            /**
             * @example {
             *       "X-Example": "123",
             *       "X-Foobar": "Bar"
             *     }
             */
            headers: {
                [key: string]: string;
            };
        };
        EndpointHeadersOut: {
            /**
             * @example {
             *       "X-Example": "123",
             *       "X-Foobar": "Bar"
             *     }
             */
            headers: {
                [key: string]: string;
            };
            /**
             * @description Names of headers whose values are not shown
             * @example [
             *       "Authorization"
             *     ]
             */
            sensitive: string[];
        };
        EndpointHeadersPatchIn: {
            /** @description Names to remove, as newer clients of Svix write it */
            deleteHeaders?: string[];
            /**
             * @description null removes a header
             * @example {
             *       "X-Example": "123",
             *       "X-Foobar": "Bar"
             *     }
             */
            headers: {
                [key: string]: string | null;
            };
        };
        EndpointHealthOut: {
            breaker: {
                /** @description Times opened in a row */
                opens: number;
                /** @enum {string} */
                state: "closed" | "open" | "half_open";
                /**
                 * Format: date-time
                 * @description When an open breaker lets a probe through
                 */
                until: string | null;
            };
            /** @description Dead letters */
            dead: number;
            /** @description False: there are at least so many; counting stopped */
            deadIsExact: boolean;
            /**
             * Format: date-time
             * @description Known once failing has lasted a minute
             */
            failingSince: string | null;
            /** @description Held by hand */
            held: number;
            /** @description False: there are at least so many; counting stopped */
            heldIsExact: boolean;
            /**
             * Format: date-time
             * @description Retry-After asked for quiet until then
             */
            holdUntil: string | null;
            /** @description Milliseconds of the requests that were made; null: none was */
            latencyMs: {
                p50: number;
                p95: number;
                p99: number;
            } | null;
            /** @description In the hands of processes */
            leased: number;
            /** @description False: there are at least so many; counting stopped */
            leasedIsExact: boolean;
            /** @enum {string} */
            mode: "enabled" | "paused" | "disabled";
            /** @enum {string|null} */
            modeReason: "operator" | "gone" | "gone_again" | "failing" | null;
            /** Format: date-time */
            modeSince: string | null;
            /**
             * Format: date-time
             * @description Since when the oldest of them is owed; when the count is not exact, the oldest of those that fall due first
             */
            oldestOwedAt: string | null;
            /** @description Waiting, without those held by hand */
            owed: number;
            /** @description False: there are at least so many; counting stopped */
            owedIsExact: boolean;
            /** @description Why attempts failed, the most frequent first */
            reasons: {
                count: number;
                /** Format: date-time */
                lastAt: string;
                /** @enum {string} */
                outcome: "delivered" | "retryable" | "permanent" | "gone" | "timeout" | "ambiguous" | "signature_error" | "endpoint_config_error" | "internal_error";
                reason: string;
            }[];
            successRatio: number | null;
            /** @description What the next three are made from: the attempts of the last 24 hours, at most the newest 1,000 */
            window: {
                attempts: number;
                /** Format: date-time */
                since: string;
            };
        };
        EndpointIn: {
            /** @description Channels it listens to (null: all) */
            channels?: string[] | null;
            /** @description Requests in flight at most, over all processes. Not part of Svix's API */
            concurrency?: number | null;
            /**
             * @default
             * @example An example endpoint name
             */
            description?: string;
            /**
             * @description The same as mode `disabled`
             * @default false
             */
            disabled?: boolean;
            /** @description Types it listens to (null: all); each must exist */
            eventTypes?: string[] | null;
            /** @description A delivery older than this is not sent any more. Not part of Svix's API */
            expiresAfterSeconds?: number | null;
            /** @description Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. Not part of Svix's API */
            extraHeaders?: ("svix" | "plain")[];
            /** @description Custom headers, as newer clients of Svix give them */
            headers?: {
                [key: string]: string;
            } | null;
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description paused: what comes is owed and held; disabled: what comes is not owed. Not part of Svix's API
             * @enum {string}
             */
            mode?: "enabled" | "paused" | "disabled";
            /**
             * @description What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. Not part of Svix's API
             * @enum {string}
             */
            retryPolicy?: "default" | "svix" | "strict";
            /**
             * @description Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. Not part of Svix's API
             * @example [
             *       5,
             *       300,
             *       1800
             *     ]
             */
            retrySchedule?: number[] | null;
            /**
             * @description base64 of 24 to 64 random bytes, optionally prefixed with `whsec_`; or an ed25519 key prefixed with `whsk_`
             * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD
             */
            secret?: string | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
            /** @description Requests started per second at most */
            throttleRate?: number | null;
            /** @description Deadline of one request. Not part of Svix's API */
            timeoutMs?: number | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-ep-identifier
             */
            uid?: string | null;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url: string;
        };
        EndpointMessageOut: {
            channels?: string[] | null;
            /** @description Of the payload. Not part of Svix's API */
            contentType?: string;
            eventId?: string | null;
            eventType: string;
            /** @example msg_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** Format: date-time */
            nextAttempt?: string | null;
            /**
             * @description Byte for byte what was accepted; a string when that is not JSON. `{}` when not asked for, `{"expired":true}` when erased by its owner
             * @example {
             *       "email": "test@example.com",
             *       "username": "test_user"
             *     }
             */
            payload: {
                [key: string]: unknown;
            };
            /** @description The payload when it is not text. Not part of Svix's API */
            payloadBase64?: string;
            /** @description The source it came through. Not part of Svix's API */
            sourceId?: string | null;
            status: components["schemas"]["MessageStatus"];
            statusText: components["schemas"]["MessageStatusText"];
            tags?: string[] | null;
            /** Format: date-time */
            timestamp: string;
        };
        EndpointOut: {
            channels?: string[] | null;
            /** @description Requests in flight at most, over all processes. Not part of Svix's API */
            concurrency?: number | null;
            /** Format: date-time */
            createdAt: string;
            description: string;
            disabled?: boolean;
            eventTypes?: string[] | null;
            /** @description A delivery older than this is not sent any more. Not part of Svix's API */
            expiresAfterSeconds?: number | null;
            /** @description Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. Not part of Svix's API */
            extraHeaders?: ("svix" | "plain")[];
            /** @example ep_01h455vb4pex5vsknk084sn02q */
            id: string;
            metadata: {
                [key: string]: string;
            };
            /**
             * @description paused: what comes is owed and held; disabled: what comes is not owed. Not part of Svix's API
             * @enum {string}
             */
            mode?: "enabled" | "paused" | "disabled";
            /**
             * @description Why it is not enabled: by an operator, by its receiver's 410 (again), or by days of nothing but failure. Not part of Svix's API
             * @enum {string|null}
             */
            modeReason?: "operator" | "gone" | "gone_again" | "failing" | null;
            /** Format: date-time */
            modeSince?: string | null;
            /**
             * @description What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. Not part of Svix's API
             * @enum {string}
             */
            retryPolicy?: "default" | "svix" | "strict";
            /**
             * @description Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. Not part of Svix's API
             * @example [
             *       5,
             *       300,
             *       1800
             *     ]
             */
            retrySchedule?: number[] | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
            throttleRate?: number | null;
            /** @description Deadline of one request. Not part of Svix's API */
            timeoutMs?: number | null;
            uid?: string | null;
            /** Format: date-time */
            updatedAt: string;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url: string;
            /** @description Grows with every change. Not part of Svix's API */
            version?: number;
        };
        EndpointPatch: {
            /** @description Channels it listens to (null: all) */
            channels?: string[] | null;
            /** @description Requests in flight at most, over all processes. Not part of Svix's API */
            concurrency?: number | null;
            /**
             * @default
             * @example An example endpoint name
             */
            description?: string;
            /**
             * @description The same as mode `disabled`
             * @default false
             */
            disabled?: boolean;
            /** @description Types it listens to (null: all); each must exist */
            eventTypes?: string[] | null;
            /** @description A delivery older than this is not sent any more. Not part of Svix's API */
            expiresAfterSeconds?: number | null;
            /** @description Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. Not part of Svix's API */
            extraHeaders?: ("svix" | "plain")[];
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description paused: what comes is owed and held; disabled: what comes is not owed. Not part of Svix's API
             * @enum {string}
             */
            mode?: "enabled" | "paused" | "disabled";
            /**
             * @description What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. Not part of Svix's API
             * @enum {string}
             */
            retryPolicy?: "default" | "svix" | "strict";
            /**
             * @description Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. Not part of Svix's API
             * @example [
             *       5,
             *       300,
             *       1800
             *     ]
             */
            retrySchedule?: number[] | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
            /** @description Requests started per second at most */
            throttleRate?: number | null;
            /** @description Deadline of one request. Not part of Svix's API */
            timeoutMs?: number | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-ep-identifier
             */
            uid?: string | null;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url?: string;
        };
        EndpointSecretOut: {
            /** @description What receivers verify with: `whsec_…`, or the public key `whpk_…` of a v1a secret */
            key: string;
        };
        EndpointSecretRotateIn: {
            /**
             * @description How long the old secret still signs beside the new one; 0: not any more
             * @default 86400
             */
            gracePeriodSeconds?: number | null;
            /**
             * @description The new secret; null or absent: one is made
             * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD
             */
            key?: string | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
        };
        EndpointSeriesOut: {
            /** @description False: in some minute so many endpoints had attempts that some may be missing here */
            isComplete: boolean;
            points: {
                /** @description Of the failed: nobody knows whether the receiver acted */
                ambiguous: number;
                /** Format: date-time */
                at: string;
                attempts: number;
                delivered: number;
                failed: number;
                latencyMs: components["schemas"]["Percentiles"];
            }[];
            stepSeconds: number;
        };
        EndpointStats: {
            canceled: number;
            fail: number;
            /** @description False: a count stopped at its bound. Not part of Svix's API */
            isExact?: boolean;
            pending: number;
            /** @description In the hands of processes now, whenever accepted */
            sending: number;
            success: number;
        };
        EndpointUpdate: {
            /** @description Channels it listens to (null: all) */
            channels?: string[] | null;
            /** @description Requests in flight at most, over all processes. Not part of Svix's API */
            concurrency?: number | null;
            /**
             * @default
             * @example An example endpoint name
             */
            description?: string;
            /**
             * @description The same as mode `disabled`
             * @default false
             */
            disabled?: boolean;
            /** @description Types it listens to (null: all); each must exist */
            eventTypes?: string[] | null;
            /** @description A delivery older than this is not sent any more. Not part of Svix's API */
            expiresAfterSeconds?: number | null;
            /** @description Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. Not part of Svix's API */
            extraHeaders?: ("svix" | "plain")[];
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description paused: what comes is owed and held; disabled: what comes is not owed. Not part of Svix's API
             * @enum {string}
             */
            mode?: "enabled" | "paused" | "disabled";
            /**
             * @description What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. Not part of Svix's API
             * @enum {string}
             */
            retryPolicy?: "default" | "svix" | "strict";
            /**
             * @description Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. Not part of Svix's API
             * @example [
             *       5,
             *       300,
             *       1800
             *     ]
             */
            retrySchedule?: number[] | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
            /** @description Requests started per second at most */
            throttleRate?: number | null;
            /** @description Deadline of one request. Not part of Svix's API */
            timeoutMs?: number | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-ep-identifier
             */
            uid?: string | null;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url: string;
        };
        /** @enum {string} */
        ErrorClass: "retryable" | "timeout" | "ambiguous" | "permanent" | "invalid" | "code" | "cancelled";
        EventExampleIn: {
            /** @example user.signup */
            eventType: string;
        };
        EventTypeIn: {
            /**
             * @description Out of use: new endpoints cannot choose it
             * @default false
             */
            archived?: boolean;
            /** @default false */
            deprecated?: boolean;
            /** @example A user has signed up */
            description: string;
            /** @example cool-new-feature */
            featureFlag?: string | null;
            /** @example user.signup */
            name: string;
            /**
             * @description A JSON Schema for each version
             * @example {
             *       "1": {
             *         "title": "Invoice paid",
             *         "type": "object"
             *       }
             *     }
             */
            schemas?: {
                [key: string]: {
                    [key: string]: unknown;
                };
            } | null;
        };
        EventTypeOut: {
            archived?: boolean;
            /** Format: date-time */
            createdAt: string;
            deprecated: boolean;
            description: string;
            featureFlag?: string | null;
            name: string;
            schemas?: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            updatedAt: string;
        };
        EventTypePatch: {
            /**
             * @description Out of use: new endpoints cannot choose it
             * @default false
             */
            archived?: boolean;
            /** @default false */
            deprecated?: boolean;
            /** @example A user has signed up */
            description?: string;
            /** @example cool-new-feature */
            featureFlag?: string | null;
            /**
             * @description A JSON Schema for each version
             * @example {
             *       "1": {
             *         "title": "Invoice paid",
             *         "type": "object"
             *       }
             *     }
             */
            schemas?: {
                [key: string]: {
                    [key: string]: unknown;
                };
            } | null;
        };
        EventTypeUpdate: {
            /**
             * @description Out of use: new endpoints cannot choose it
             * @default false
             */
            archived?: boolean;
            /** @default false */
            deprecated?: boolean;
            /** @example A user has signed up */
            description: string;
            /** @example cool-new-feature */
            featureFlag?: string | null;
            /**
             * @description A JSON Schema for each version
             * @example {
             *       "1": {
             *         "title": "Invoice paid",
             *         "type": "object"
             *       }
             *     }
             */
            schemas?: {
                [key: string]: {
                    [key: string]: unknown;
                };
            } | null;
        };
        FlowBacktestIn: {
            definition?: components["schemas"]["FlowDefinition"] & unknown;
            format?: components["schemas"]["FlowSourceFormat"];
            /** @default 50 */
            last?: number;
            source?: string;
        };
        FlowBacktestOut: {
            cannot: {
                reason: string;
                runId: string;
            }[];
            differ: {
                /** @description The path of the first difference; null: the ending */
                at: string | null;
                runId: string;
                /** @description Steps that have no recorded result: the first 20 */
                unrecorded: string[];
                was: {
                    /** @description `completed`, `failed`, `cancelled`, a step's kind, or `nothing` */
                    kind: string;
                    path: string | null;
                    text: string;
                };
                would: {
                    /** @description `completed`, `failed`, `cancelled`, a step's kind, or `nothing` */
                    kind: string;
                    path: string | null;
                    text: string;
                };
            }[];
            /** @description False: the time or the bytes for this were used up before */
            isComplete: boolean;
            /** @description Runs that were looked at */
            runs: number;
            same: number;
        };
        FlowCheckIn: {
            definition?: components["schemas"]["FlowDefinition"] & unknown;
            format?: components["schemas"]["FlowSourceFormat"];
            /** @description The definition as text; faults then have lines and columns */
            source?: string;
        };
        FlowCheckOut: {
            definition: components["schemas"]["FlowDefinition"];
            faults: components["schemas"]["FlowFault"][];
            valid: boolean;
            warnings: components["schemas"]["FlowFault"][];
        };
        /**
         * @description In its canonical form; null: it is not valid
         * @example {
         *       "posthorn": 1,
         *       "flow": "greet",
         *       "on": [
         *         {
         *           "event": "user.signup"
         *         }
         *       ],
         *       "steps": []
         *     }
         */
        FlowDefinition: {
            [key: string]: unknown;
        } | null;
        FlowDeployIn: {
            /**
             * @description Changes nothing, and tells what would be
             * @default false
             */
            dryRun?: boolean;
            running?: components["schemas"]["FlowRunningPolicy"];
        };
        FlowDeployOut: {
            dryRun: boolean;
            runs: components["schemas"]["FlowDeployRuns"];
            version: number;
        };
        FlowDeployRuns: {
            cancel: number;
            /** @description Would be moved and cannot, and why: the first 100 */
            cannot: {
                reason: string;
                runId: string;
            }[];
            /** @description Go on with the version they began with */
            finish: number;
            /** @description False: there are more runs than were looked at */
            isComplete: boolean;
            /** @description Move to the new version */
            migrate: number;
        } | null;
        FlowDetailOut: {
            /** Format: date-time */
            createdAt: string;
            definition: components["schemas"]["FlowDefinition"] & unknown;
            /** @example flow_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** @description The newest run that ended */
            lastRun: {
                /** Format: date-time */
                endedAt: string;
                /** @example run_01h455vb4pex5vsknk084sn02q */
                id: string;
                state: components["schemas"]["RunEndState"];
            } | null;
            /** @description Runs in the hands of a process now */
            live: number;
            mode: components["schemas"]["FlowMode"];
            /** @example abandoned-cart */
            name: string;
            /** @description As it was written, when that was YAML: with its comments */
            source: string | null;
            title: string | null;
            triggers: components["schemas"]["FlowTrigger"][];
            /** Format: date-time */
            updatedAt: string;
            /** @description New runs begin with it */
            version: number;
            /** @description Runs that wait; counted up to 10,000 */
            waiting: number;
        };
        FlowFailureList: {
            /** @description The most frequent first, at most 100 */
            data: components["schemas"]["FlowFailureOut"][];
            /** @description False: there are more failures than were looked at; the newest were */
            isComplete: boolean;
            /** Format: date-time */
            since: string;
        };
        FlowFailureOut: {
            /** @example http_503 */
            code: string;
            count: number;
            fingerprint: string;
            /** Format: date-time */
            firstAt: string;
            /** Format: date-time */
            lastAt: string;
            lastRunId: string;
            /** @description Of the newest */
            message: string;
            /** @description The path of the step, without numbers of items */
            step: string | null;
        };
        FlowFault: {
            /** @example expression_unknown_field */
            code: string;
            column?: number;
            hint?: string;
            /** @description Of the source, from 1 */
            line?: number;
            message: string;
            /**
             * @description Where in the definition; empty: all of it
             * @example steps[2].http.url
             */
            path: string;
        };
        FlowIn: {
            definition?: components["schemas"]["FlowDefinition"] & unknown;
            /**
             * @description Changes nothing, and tells what would be
             * @default false
             */
            dryRun?: boolean;
            format?: components["schemas"]["FlowSourceFormat"];
            /**
             * @description Why it changed
             * @default
             */
            note?: string;
            running?: components["schemas"]["FlowRunningPolicy"];
            /** @description The definition as text; faults then have lines and columns */
            source?: string;
        };
        /**
         * @description `enabled`: it takes new runs. `paused`: new runs wait, and those that go on stop where they next could. `disabled`: no new runs; those there go on
         * @enum {string}
         */
        FlowMode: "enabled" | "paused" | "disabled";
        FlowOut: {
            /** Format: date-time */
            createdAt: string;
            /** @example flow_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** @description The newest run that ended */
            lastRun: {
                /** Format: date-time */
                endedAt: string;
                /** @example run_01h455vb4pex5vsknk084sn02q */
                id: string;
                state: components["schemas"]["RunEndState"];
            } | null;
            /** @description Runs in the hands of a process now */
            live: number;
            mode: components["schemas"]["FlowMode"];
            /** @example abandoned-cart */
            name: string;
            title: string | null;
            triggers: components["schemas"]["FlowTrigger"][];
            /** Format: date-time */
            updatedAt: string;
            /** @description New runs begin with it */
            version: number;
            /** @description Runs that wait; counted up to 10,000 */
            waiting: number;
        };
        FlowPatch: {
            mode: components["schemas"]["FlowMode"];
        };
        FlowPutOut: {
            /** @description The definition differs from the version before: there is a new one */
            changed: boolean;
            /** @description The flow is new */
            created: boolean;
            /** Format: date-time */
            createdAt: string;
            dryRun: boolean;
            /** @example flow_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** @description The newest run that ended */
            lastRun: {
                /** Format: date-time */
                endedAt: string;
                /** @example run_01h455vb4pex5vsknk084sn02q */
                id: string;
                state: components["schemas"]["RunEndState"];
            } | null;
            /** @description Runs in the hands of a process now */
            live: number;
            mode: components["schemas"]["FlowMode"];
            /** @example abandoned-cart */
            name: string;
            runs: components["schemas"]["FlowDeployRuns"];
            title: string | null;
            triggers: components["schemas"]["FlowTrigger"][];
            /** Format: date-time */
            updatedAt: string;
            /** @description New runs begin with it */
            version: number;
            /** @description Runs that wait; counted up to 10,000 */
            waiting: number;
            warnings: components["schemas"]["FlowFault"][];
        };
        FlowRerunCancelIn: Record<string, never>;
        FlowRerunCountOut: {
            count: number;
            /** @enum {boolean} */
            dryRun: true;
            /** @description False: at least so many */
            isExact: boolean;
        };
        FlowRerunFilter: {
            /** Format: uuid */
            fingerprint?: string;
            /**
             * Format: date-time
             * @description Runs that began then or later
             */
            since?: string;
            state?: components["schemas"]["RunEndState"] & unknown;
            /**
             * Format: date-time
             * @description Runs that began before; now unless given
             */
            until?: string;
            version?: number;
        };
        FlowRerunIn: {
            /**
             * @description Only counts
             * @default false
             */
            dryRun?: boolean;
            filter: components["schemas"]["FlowRerunFilter"];
            /**
             * @description The first step to do again; `failed` unless given for runs that failed: where each failed
             * @example orders[2].charge
             */
            from?: string;
            /** @default 10 */
            ratePerSecond?: number;
            /** @default same */
            version?: ("same" | "current") | number;
        };
        FlowRerunList: {
            data: components["schemas"]["FlowRerunOut"][];
        };
        FlowRerunOut: {
            /** Format: date-time */
            createdAt: string;
            filter: components["schemas"]["FlowRerunFilter"];
            /** Format: date-time */
            finishedAt: string | null;
            from: string | null;
            /** @example qtask_01h455vb4pex5vsknk084sn02q */
            id: string;
            lastSkipped: {
                reason: string;
                runId: string;
            } | null;
            /** @description Runs it looked at that the filter chose */
            matched: number;
            ratePerSecond: number;
            /** @description Chosen, and could not be run again */
            skipped: number;
            started: number;
            /** @enum {string} */
            state: "running" | "finished" | "cancelled";
            version: ("same" | "current") | number;
        };
        /**
         * @description What becomes of runs of the versions before: they finish as they began; those that can move to the new version do; they are cancelled
         * @default finish
         * @enum {string}
         */
        FlowRunningPolicy: "finish" | "migrate" | "cancel";
        FlowScheduleList: {
            /** @description In the order of the definition; none while it is disabled */
            data: components["schemas"]["FlowScheduleOut"][];
        };
        FlowScheduleOut: {
            /** @description The newest moment that came */
            last: {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                outcome: "started" | "skipped";
                runId: string | null;
                /**
                 * @description Why it was skipped. `missed`: nothing ran then. `joined`: one run stands for all that were missed. `overlap`: the run before still went on
                 * @enum {string|null}
                 */
                why: "missed" | "joined" | "overlap" | null;
            } | null;
            /** @enum {string} */
            missed: "skip" | "one" | "all";
            /** @description The next 5; none: there is none any more */
            next: {
                /** Format: date-time */
                at: string;
                /**
                 * Format: date-time
                 * @description With its jitter
                 */
                beginsAt: string;
            }[];
            /** @example 0 9 * * 1-5 */
            schedule: string;
            /** @description Moments without a run of their own: the newest 20, newest first */
            skipped: {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                outcome: "started" | "skipped";
                runId: string | null;
                /**
                 * @description Why it was skipped. `missed`: nothing ran then. `joined`: one run stands for all that were missed. `overlap`: the run before still went on
                 * @enum {string|null}
                 */
                why: "missed" | "joined" | "overlap" | null;
            }[];
            /** @description Its place in the definition's `on`, from 0 */
            trigger: number;
            /** @example Europe/Berlin */
            zone: string;
        };
        FlowSecretIn: {
            /** @description Names of the flows that may use it, also of ones that are made later; null: all. Absent: as it is, none for a new one */
            flows?: string[] | null;
            /**
             * @description Visible ASCII. Absent: the value it has. No answer shows it
             * @example sk_live_example_1234
             */
            value?: string;
        };
        FlowSecretOut: {
            /** Format: date-time */
            createdAt: string;
            /** @description Names of the flows that may use it; null: all of the application */
            flows: string[] | null;
            /**
             * Format: date
             * @description The last day a request left with it
             */
            lastUsedOn: string | null;
            /** @example stripe_key */
            name: string;
            /** Format: date-time */
            updatedAt: string;
            updatedBy: string;
            /** @description Raised by each new value */
            version: number;
        };
        /**
         * @description The rule of flow control; of `debounce` and `batch` another run stands for it. Or an expression of a trigger or of flow control failed
         * @enum {string}
         */
        FlowSkipReason: "overlap" | "singleton" | "debounce" | "batch" | "rate" | "expression_failed" | "expression_too_expensive";
        FlowSkipsOut: {
            /** @description All that were skipped, by step; steps without any are left out. Kept for 30 days */
            counts: {
                /** Format: date-time */
                at: string;
                count: number;
                why: components["schemas"]["FlowSkipReason"];
            }[];
            /** @description Runs that have not begun, by what holds them: the most first, at most 20 */
            held: {
                count: number;
                /** @description Of the rule, cut; empty: it has none */
                key: string;
                /**
                 * Format: date-time
                 * @description When the one that waits longest began to
                 */
                oldestAt: string;
                /** @enum {string} */
                rule: "overlap" | "singleton" | "debounce" | "batch" | "rate" | "throttle" | "concurrency";
            }[];
            /** @description False: more is held than was looked at */
            heldIsComplete: boolean;
            /** Format: date-time */
            since: string;
            /** @description The newest first; the newest 500 of a flow are kept */
            skipped: {
                /** Format: date-time */
                at: string;
                /** @description For people; may be empty */
                detail: string;
                /** @description The message that would have started a run */
                eventId: string | null;
                key: string;
                /**
                 * Format: date-time
                 * @description The moment that would have
                 */
                scheduledAt: string | null;
                trigger: components["schemas"]["RunTrigger"];
                why: components["schemas"]["FlowSkipReason"];
            }[];
            stepSeconds: number;
        };
        /**
         * @description Of `source`
         * @default yaml
         * @enum {string}
         */
        FlowSourceFormat: "yaml" | "json";
        FlowStatsOut: {
            /** @description False: there are more runs than were looked at; the newest were */
            isComplete: boolean;
            /** @description From start to end, waits included; null: none ended */
            p50Ms: number | null;
            p95Ms: number | null;
            series: {
                /** Format: date-time */
                at: string;
                cancelled: number;
                completed: number;
                failed: number;
                started: number;
            }[];
            /** Format: date-time */
            since: string;
            stepSeconds: number;
        };
        /**
         * @description As the definition has it: what starts a run
         * @example {
         *       "event": "user.signup"
         *     }
         */
        FlowTrigger: {
            [key: string]: unknown;
        };
        FlowVersionDetailOut: {
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            definition: components["schemas"]["FlowDefinition"] & unknown;
            isCurrent: boolean;
            /** @description Runs of this version that have not ended; counted up to 10,000 */
            live: number;
            note: string;
            /** @description As it was written, when that was YAML: with its comments */
            source: string | null;
            version: number;
        };
        FlowVersionList: {
            data: components["schemas"]["FlowVersionOut"][];
        };
        FlowVersionOut: {
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            isCurrent: boolean;
            /** @description Runs of this version that have not ended; counted up to 10,000 */
            live: number;
            note: string;
            version: number;
        };
        FoundOut: {
            appId: string;
            endpointId: string | null;
            id: string;
            /** @enum {string} */
            kind: "application" | "endpoint" | "message" | "attempt" | "delivery" | "source" | "flow" | "run" | "task";
            messageId: string | null;
            /** @description What people know it by: name, URL or event type; of a run, its flow's name */
            name: string | null;
        };
        /** @description The code is stable: switch on it. The detail is for people. */
        HttpErrorOut: {
            /** @example not_found */
            code: string;
            detail: string;
        };
        HTTPValidationError: {
            detail: components["schemas"]["ValidationErrorItem"][];
        };
        InstanceOut: {
            bun: string;
            log: {
                /**
                 * @description The least important line written
                 * @enum {string}
                 */
                level: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
            };
            /** @example linux x64 */
            platform: string;
            postgres: {
                embedded: boolean;
                /** @description Those that Posthorn's promises rest on */
                settings: {
                    [key: string]: string;
                };
                /** @example 18.1 */
                version: string;
            };
            /**
             * @description The process that answered: host and pid
             * @example posthorn-0:1
             */
            process: string;
            retention: {
                days: number;
            };
            roles: string[];
            schema: {
                /** Format: date-time */
                appliedAt: string;
                /** @description Of the Posthorn that applied it */
                engineVersion: string;
                /** @example 0001_spine */
                name: string;
                number: number;
            }[];
            /** @description What is in force in the process that answered */
            settings: {
                description: string;
                /** @example POSTHORN_RETENTION */
                name: string;
                /** @enum {string} */
                source: "default" | "environment";
                /** @description As one would write it; what is secret reads `[secret]` */
                value: string;
            }[];
            /** Format: date-time */
            startedAt: string;
            version: string;
        };
        InstancePatch: {
            /**
             * @description The least important line written
             * @enum {string}
             */
            logLevel?: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
        };
        ListResponse_ApiKeyOut_: {
            data: components["schemas"]["ApiKeyOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_ApplicationOut_: {
            data: components["schemas"]["ApplicationOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_ApprovalOut_: {
            data: components["schemas"]["ApprovalOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_AuditOut_: {
            data: components["schemas"]["AuditOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_BackgroundTaskOut_: {
            data: components["schemas"]["BackgroundTaskOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_DeadLetterOut_: {
            data: components["schemas"]["DeadLetterOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_EndpointMessageOut_: {
            data: components["schemas"]["EndpointMessageOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_EndpointOut_: {
            data: components["schemas"]["EndpointOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_EventTypeOut_: {
            data: components["schemas"]["EventTypeOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_FlowOut_: {
            data: components["schemas"]["FlowOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_MessageAttemptOut_: {
            data: components["schemas"]["MessageAttemptOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_MessageEndpointOut_: {
            data: components["schemas"]["MessageEndpointOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_MessageOut_: {
            data: components["schemas"]["MessageOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_OpenDeliveryOut_: {
            data: components["schemas"]["OpenDeliveryOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_OperationalWebhookEndpointOut_: {
            data: components["schemas"]["OperationalWebhookEndpointOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_OperationalWebhookEventTypeOut_: {
            data: components["schemas"]["OperationalWebhookEventTypeOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_RunOut_: {
            data: components["schemas"]["RunOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_SourceOut_: {
            data: components["schemas"]["SourceOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponse_TaskOut_: {
            data: components["schemas"]["TaskOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        ListResponseFlowSecretOut: {
            data: components["schemas"]["FlowSecretOut"][];
            /** @description Whether nothing lies beyond in this direction */
            done: boolean;
            /** @example iterator */
            iterator?: string | null;
            /** @example -iterator */
            prevIterator?: string | null;
        };
        /** @description Fields after `timestamp` are not part of Svix's API. */
        MessageAttemptOut: {
            deliveryId?: string;
            endpointId: string;
            endpointVersion?: number;
            /** @example atmpt_01h455vb4pex5vsknk084sn02q */
            id: string;
            late?: boolean;
            msgId: string;
            /** Format: date-time */
            nextAttempt?: string | null;
            /** @description 1 for the first request of the delivery */
            number?: number;
            /** @enum {string} */
            outcome?: "delivered" | "retryable" | "permanent" | "gone" | "timeout" | "ambiguous" | "signature_error" | "endpoint_config_error" | "internal_error";
            /**
             * @description Stable: `http_503`, `connection_refused`, `timeout_body`, …
             * @example http_503
             */
            reason?: string;
            remoteAddress?: string | null;
            /** @description As sent, secrets masked */
            requestHeaders?: string[][];
            /** @description The body of the answer, up to the cap; `{}` when not asked for */
            response: string;
            responseDurationMs: number;
            responseHeaders?: string[][] | null;
            /** @description 0: no status came */
            responseStatusCode: number;
            responseTruncated?: boolean;
            /**
             * @description What became of the delivery with it; late: another process had taken it over
             * @enum {string}
             */
            settledAs?: "delivered" | "owed" | "dead" | "late";
            status: components["schemas"]["MessageStatus"];
            statusText: components["schemas"]["MessageStatusText"];
            /** Format: date-time */
            timestamp: string;
            timing?: {
                /** @description TCP and TLS, by themselves; null on a connection that was open already */
                connectMs: number | null;
                /** @description From the start until the name was resolved */
                dnsMs: number | null;
                /** @description From the start until the first byte of the answer */
                firstByteMs: number | null;
                /**
                 * Format: date-time
                 * @description When its row was written, by the database's clock; null for attempts from before that was kept
                 */
                recordedAt: string | null;
                /**
                 * Format: date-time
                 * @description When the request was begun, by the process that made it
                 */
                startedAt: string;
                /** @description From the start until the answer was read to its end or cap */
                totalMs: number;
            };
            /** @enum {string} */
            trigger?: "scheduled" | "resend" | "replay" | "probe";
            triggerType: components["schemas"]["MessageAttemptTriggerType"];
            /**
             * Format: uri
             * @description As it was when the request was made
             */
            url: string;
        };
        /**
         * @description Scheduled = 0, Manual = 1
         * @enum {integer}
         */
        MessageAttemptTriggerType: 0 | 1;
        MessageBatchIn: {
            messages: components["schemas"]["MessageIn"][];
        };
        MessageBatchOut: {
            accepted: number;
            data: {
                /** @description A MessageOut with an empty payload, or an error */
                body: {
                    [key: string]: unknown;
                };
                index: number;
                /** @description What the message alone would have been answered: 202, 409, 422, 503, … */
                status: number;
            }[];
            failed: number;
        };
        MessageEndpointOut: {
            channels?: string[] | null;
            /** Format: date-time */
            createdAt: string;
            description: string;
            disabled?: boolean;
            eventTypes?: string[] | null;
            /** @example ep_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** Format: date-time */
            nextAttempt?: string | null;
            status: components["schemas"]["MessageStatus"];
            statusText: components["schemas"]["MessageStatusText"];
            throttleRate?: number | null;
            uid?: string | null;
            /** Format: date-time */
            updatedAt: string;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url: string;
        };
        MessageIn: {
            /** @description Creates the application along with the message, if it does not exist */
            application?: {
                /** @description Endpoints it may have; null: the installation's setting. Not part of Svix's API */
                endpointsMax?: number | null;
                /** @description Events it may send per second; null: the installation's setting. Not part of Svix's API */
                eventsPerSecond?: number | null;
                /** @default {} */
                metadata?: {
                    [key: string]: string;
                };
                /** @example My first application */
                name: string;
                /** @description Largest payload of one event, in bytes; null: the installation's setting. Not part of Svix's API */
                payloadBytesMax?: number | null;
                /** @description Maximum deliveries per second to all endpoints of the application; null: unlimited */
                throttleRate?: number | null;
                /**
                 * @description Unique identifier of your own, usable wherever an id is
                 * @example unique-app-identifier
                 */
                uid?: string | null;
            } | null;
            /** @description Free-form identifiers that endpoints can filter by */
            channels?: string[] | null;
            /**
             * @description Your own id of the event, unique as long as events are kept
             * @example unique-msg-identifier
             */
            eventId?: string | null;
            /** @example user.signup */
            eventType: string;
            /**
             * @description Stored, signed, sent and shown byte for byte as it was written
             * @example {
             *       "email": "test@example.com",
             *       "username": "test_user"
             *     }
             */
            payload: {
                [key: string]: unknown;
            };
            /**
             * @description Accepted for Svix's clients; the installation's retention applies
             * @default 90
             */
            payloadRetentionPeriod?: number;
            /** @description Free-form words to find messages by in lists and replays; no endpoint filters by them */
            tags?: string[] | null;
        };
        MessageOut: {
            channels?: string[] | null;
            /** @description Of the payload. Not part of Svix's API */
            contentType?: string;
            eventId?: string | null;
            eventType: string;
            /** @example msg_01h455vb4pex5vsknk084sn02q */
            id: string;
            /**
             * @description Byte for byte what was accepted; a string when that is not JSON. `{}` when not asked for, `{"expired":true}` when erased by its owner
             * @example {
             *       "email": "test@example.com",
             *       "username": "test_user"
             *     }
             */
            payload: {
                [key: string]: unknown;
            };
            /** @description The payload when it is not text. Not part of Svix's API */
            payloadBase64?: string;
            /** @description The source it came through. Not part of Svix's API */
            sourceId?: string | null;
            tags?: string[] | null;
            /** Format: date-time */
            timestamp: string;
        };
        /**
         * @description Success = 0, Pending = 1, Fail = 2, Sending = 3
         * @enum {integer}
         */
        MessageStatus: 0 | 1 | 2 | 3;
        /** @enum {string} */
        MessageStatusText: "success" | "pending" | "fail" | "sending";
        OpenDeliveryOut: {
            /** @description Requests made */
            attempts: number;
            /**
             * Format: date-time
             * @description Of a held one, when it would be due; null: leased
             */
            dueAt: string | null;
            endpointId: string;
            /** @description null: its day was dropped a moment ago */
            eventType: string | null;
            /** Format: date-time */
            expiresAt: string | null;
            held: boolean;
            /** @example dlv_01h455vb4pex5vsknk084sn02q */
            id: string;
            lastAttempt: {
                id: string;
                outcome: string;
                reason: string;
                status: number | null;
            } | null;
            lastOutcome: string | null;
            lastReason: string | null;
            messageId: string;
            /** @enum {string} */
            state: "waiting" | "held" | "leased";
            /** @description Steps of the retry schedule used up */
            step: number;
            /** @enum {string} */
            trigger: "scheduled" | "resend" | "replay" | "probe";
        };
        OperationalWebhookEndpointIn: {
            /** @description Requests in flight at most, over all processes. Not part of Svix's API */
            concurrency?: number | null;
            /**
             * @default
             * @example An example endpoint name
             */
            description?: string;
            /**
             * @description The same as mode `disabled`
             * @default false
             */
            disabled?: boolean;
            /**
             * @description What it is told (null: everything); GET /api/v1/operational-webhook/event-type lists what there is
             * @example [
             *       "endpoint.disabled",
             *       "message.attempt.exhausted"
             *     ]
             */
            eventTypes?: ("endpoint.created" | "endpoint.updated" | "endpoint.deleted" | "endpoint.disabled" | "endpoint.breaker_opened" | "message.attempt.failing" | "message.attempt.exhausted" | "message.attempt.recovered" | "source.rejections_spiked" | "delivery.backlog_aged")[] | null;
            /** @description A delivery older than this is not sent any more. Not part of Svix's API */
            expiresAfterSeconds?: number | null;
            /** @description Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. Not part of Svix's API */
            extraHeaders?: ("svix" | "plain")[];
            /** @description Custom headers, as newer clients of Svix give them */
            headers?: {
                [key: string]: string;
            } | null;
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description paused: what comes is owed and held; disabled: what comes is not owed. Not part of Svix's API
             * @enum {string}
             */
            mode?: "enabled" | "paused" | "disabled";
            /**
             * @description What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. Not part of Svix's API
             * @enum {string}
             */
            retryPolicy?: "default" | "svix" | "strict";
            /**
             * @description Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. Not part of Svix's API
             * @example [
             *       5,
             *       300,
             *       1800
             *     ]
             */
            retrySchedule?: number[] | null;
            /**
             * @description base64 of 24 to 64 random bytes, optionally prefixed with `whsec_`; or an ed25519 key prefixed with `whsk_`
             * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD
             */
            secret?: string | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
            /** @description Requests started per second at most */
            throttleRate?: number | null;
            /** @description Deadline of one request. Not part of Svix's API */
            timeoutMs?: number | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-ep-identifier
             */
            uid?: string | null;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url: string;
        };
        OperationalWebhookEndpointOut: {
            /** @description Requests in flight at most, over all processes. Not part of Svix's API */
            concurrency?: number | null;
            /** Format: date-time */
            createdAt: string;
            description: string;
            disabled?: boolean;
            eventTypes?: string[] | null;
            /** @description A delivery older than this is not sent any more. Not part of Svix's API */
            expiresAfterSeconds?: number | null;
            /** @description Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. Not part of Svix's API */
            extraHeaders?: ("svix" | "plain")[];
            /** @example ep_01h455vb4pex5vsknk084sn02q */
            id: string;
            metadata: {
                [key: string]: string;
            };
            /**
             * @description paused: what comes is owed and held; disabled: what comes is not owed. Not part of Svix's API
             * @enum {string}
             */
            mode?: "enabled" | "paused" | "disabled";
            /**
             * @description Why it is not enabled: by an operator, by its receiver's 410 (again), or by days of nothing but failure. Not part of Svix's API
             * @enum {string|null}
             */
            modeReason?: "operator" | "gone" | "gone_again" | "failing" | null;
            /** Format: date-time */
            modeSince?: string | null;
            /**
             * @description What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. Not part of Svix's API
             * @enum {string}
             */
            retryPolicy?: "default" | "svix" | "strict";
            /**
             * @description Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. Not part of Svix's API
             * @example [
             *       5,
             *       300,
             *       1800
             *     ]
             */
            retrySchedule?: number[] | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
            throttleRate?: number | null;
            /** @description Deadline of one request. Not part of Svix's API */
            timeoutMs?: number | null;
            uid?: string | null;
            /** Format: date-time */
            updatedAt: string;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url: string;
            /** @description Grows with every change. Not part of Svix's API */
            version?: number;
        };
        OperationalWebhookEndpointPatch: {
            /** @description Requests in flight at most, over all processes. Not part of Svix's API */
            concurrency?: number | null;
            /**
             * @default
             * @example An example endpoint name
             */
            description?: string;
            /**
             * @description The same as mode `disabled`
             * @default false
             */
            disabled?: boolean;
            /**
             * @description What it is told (null: everything); GET /api/v1/operational-webhook/event-type lists what there is
             * @example [
             *       "endpoint.disabled",
             *       "message.attempt.exhausted"
             *     ]
             */
            eventTypes?: ("endpoint.created" | "endpoint.updated" | "endpoint.deleted" | "endpoint.disabled" | "endpoint.breaker_opened" | "message.attempt.failing" | "message.attempt.exhausted" | "message.attempt.recovered" | "source.rejections_spiked" | "delivery.backlog_aged")[] | null;
            /** @description A delivery older than this is not sent any more. Not part of Svix's API */
            expiresAfterSeconds?: number | null;
            /** @description Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. Not part of Svix's API */
            extraHeaders?: ("svix" | "plain")[];
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description paused: what comes is owed and held; disabled: what comes is not owed. Not part of Svix's API
             * @enum {string}
             */
            mode?: "enabled" | "paused" | "disabled";
            /**
             * @description What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. Not part of Svix's API
             * @enum {string}
             */
            retryPolicy?: "default" | "svix" | "strict";
            /**
             * @description Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. Not part of Svix's API
             * @example [
             *       5,
             *       300,
             *       1800
             *     ]
             */
            retrySchedule?: number[] | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
            /** @description Requests started per second at most */
            throttleRate?: number | null;
            /** @description Deadline of one request. Not part of Svix's API */
            timeoutMs?: number | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-ep-identifier
             */
            uid?: string | null;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url?: string;
        };
        OperationalWebhookEndpointUpsertIn: {
            /** @description Requests in flight at most, over all processes. Not part of Svix's API */
            concurrency?: number | null;
            /**
             * @default
             * @example An example endpoint name
             */
            description?: string;
            /**
             * @description The same as mode `disabled`
             * @default false
             */
            disabled?: boolean;
            /**
             * @description What it is told (null: everything); GET /api/v1/operational-webhook/event-type lists what there is
             * @example [
             *       "endpoint.disabled",
             *       "message.attempt.exhausted"
             *     ]
             */
            eventTypes?: ("endpoint.created" | "endpoint.updated" | "endpoint.deleted" | "endpoint.disabled" | "endpoint.breaker_opened" | "message.attempt.failing" | "message.attempt.exhausted" | "message.attempt.recovered" | "source.rejections_spiked" | "delivery.backlog_aged")[] | null;
            /** @description A delivery older than this is not sent any more. Not part of Svix's API */
            expiresAfterSeconds?: number | null;
            /** @description Beside webhook-*: the svix-* triple, or the pair X-Signature and X-Timestamp. Not part of Svix's API */
            extraHeaders?: ("svix" | "plain")[];
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description paused: what comes is owed and held; disabled: what comes is not owed. Not part of Svix's API
             * @enum {string}
             */
            mode?: "enabled" | "paused" | "disabled";
            /**
             * @description What follows a 3xx or another 4xx: a short schedule, the whole one, or nothing. Not part of Svix's API
             * @enum {string}
             */
            retryPolicy?: "default" | "svix" | "strict";
            /**
             * @description Seconds before each retry; null: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; empty: none. Not part of Svix's API
             * @example [
             *       5,
             *       300,
             *       1800
             *     ]
             */
            retrySchedule?: number[] | null;
            /**
             * @description Kind of the secret that is made: HMAC-SHA256, or ed25519. It changes only by rotating the secret. Not part of Svix's API
             * @enum {string}
             */
            signing?: "v1" | "v1a";
            /** @description Requests started per second at most */
            throttleRate?: number | null;
            /** @description Deadline of one request. Not part of Svix's API */
            timeoutMs?: number | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-ep-identifier
             */
            uid?: string | null;
            /**
             * Format: uri
             * @example https://example.com/webhook/
             */
            url: string;
        };
        OperationalWebhookEventTypeOut: {
            description: string;
            example: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            name: "endpoint.created" | "endpoint.updated" | "endpoint.deleted" | "endpoint.disabled" | "endpoint.breaker_opened" | "message.attempt.failing" | "message.attempt.exhausted" | "message.attempt.recovered" | "source.rejections_spiked" | "delivery.backlog_aged";
            /** @description JSON Schema of the payload */
            schema: {
                [key: string]: unknown;
            };
            /** @description Whether name and shape are those of Svix's event of this name */
            svix: boolean;
        };
        /**
         * @description The order of the items
         * @enum {string}
         */
        Ordering: "ascending" | "descending";
        OverviewOut: {
            attention: components["schemas"]["AttentionOut"][];
            /** @description Given up in the last 24 hours, as far as it was measured */
            dead24h: number;
            /** @description Of the last minute; null: there was none */
            latencyMs: {
                ack: components["schemas"]["Percentiles"] & unknown;
                delivery: components["schemas"]["Percentiles"] & unknown;
                receiver: components["schemas"]["Percentiles"] & unknown;
            };
            leased: number;
            /** Format: date-time */
            now: string;
            /**
             * Format: date-time
             * @description When the oldest fell due that could go; endpoints that are paused, held or broken are left out
             */
            oldestOwedAt: string | null;
            /** @description Null: not measured yet */
            owed: number | null;
            owedIsExact: boolean;
            processes: components["schemas"]["ProcessOut"][];
            rates: {
                attemptsPerSecond: number;
                deliveredPerSecond: number;
                eventsInPerSecond: number;
                rejectedPerSecond: number;
                /** @description Of the attempts of the last minute */
                successRatio: number | null;
            };
            /** @description Of the process that answers */
            uptimeSeconds: number;
            version: string;
        };
        OverviewPoint: {
            ackMs: components["schemas"]["Percentiles"];
            /** Format: date-time */
            at: string;
            attempts: number;
            cpuRatio: number;
            delivered: number;
            deliveryMs: components["schemas"]["Percentiles"];
            eventsIn: number;
            failed: number;
            inFlight: number;
            memoryBytes: number;
            oldestOwedSeconds: number | null;
            owed: number | null;
            receiverMs: components["schemas"]["Percentiles"];
            rejected: number;
            successRatio: number | null;
        };
        OverviewSeriesOut: {
            points: components["schemas"]["OverviewPoint"][];
            stepSeconds: number;
        };
        /** @description Either `ids` or `filter`; an empty filter means all */
        OwedChangeIn: {
            /**
             * @description Only count
             * @default false
             */
            dryRun?: boolean;
            filter?: {
                /** @description Of messages of these types */
                eventTypes?: string[];
                /**
                 * Format: date-time
                 * @description Of messages accepted from then on
                 */
                since?: string;
                /**
                 * @description Of messages with this tag
                 * @example import-2026-01
                 */
                tag?: string;
                /**
                 * Format: date-time
                 * @description Of messages accepted before
                 */
                until?: string;
            };
            /**
             * @description These deliveries, up to 1000
             * @example [
             *       "dlv_01h455vb4pex5vsknk084sn02q"
             *     ]
             */
            ids?: string[];
        };
        /** @description Read off buckets: at most 4.7 % off */
        Percentiles: {
            p50: number;
            p95: number;
            p99: number;
        } | null;
        /**
         * @description What an operation takes: `x-posthorn-access` names it on each
         * @enum {string}
         */
        Permission: "admin" | "read" | "write" | "ingest" | "work" | "portal:read" | "portal:write";
        PortalOut: {
            application: {
                id: string;
                name: string;
                uid: string | null;
            };
            /** Format: date-time */
            expiresAt: string | null;
            readOnly: boolean;
            theme: components["schemas"]["PortalTheme"] & unknown;
        };
        /** @description For this session. Not part of Svix's API */
        PortalTheme: {
            /** @example #0055ff */
            background?: string | null;
            logoUrl?: string | null;
            /** @enum {string|null} */
            mode?: "light" | "dark" | "auto" | null;
            /** @description Of the product, as the portal calls it */
            name?: string | null;
            /** @example #0055ff */
            primary?: string | null;
            radiusPx?: number | null;
            /** @example #0055ff */
            text?: string | null;
        };
        ProcessOut: {
            alive: boolean;
            /** @description 1: one processor all the time */
            cpuRatio: number | null;
            /** @description The longest of the last ten seconds */
            eventLoopLagMs: number | null;
            held: number | null;
            id: string;
            inFlight: number | null;
            /** Format: date-time */
            lastSeenAt: string;
            memoryBytes: number | null;
            name: string;
            roles: string[];
            /** Format: date-time */
            startedAt: string;
            version: string;
        };
        RecoverIn: {
            /**
             * Format: date-time
             * @description Messages accepted then or later
             */
            since: string;
            /**
             * Format: date-time
             * @description Messages accepted before; not later than now, which is the default
             */
            until?: string | null;
        };
        RecoverOut: {
            /** @example qtask_01h455vb4pex5vsknk084sn02q */
            id: string;
            status: components["schemas"]["BackgroundTaskStatus"];
            task: components["schemas"]["BackgroundTaskType"];
            /** Format: date-time */
            updatedAt: string;
        };
        ReplayDryRunOut: {
            byEndpoint: {
                endpointId: string;
                matched: number;
            }[];
            /** @enum {boolean} */
            dryRun: true;
            matched: number;
            /** @description False: at least so many; counting all would take too long */
            matchedIsExact: boolean;
        };
        ReplayIn: {
            /**
             * Format: date-time
             * @description Messages accepted then or later
             */
            since: string;
            /**
             * Format: date-time
             * @description Messages accepted before; not later than now, which is the default
             */
            until?: string | null;
        };
        ReplayOut: {
            /** @example qtask_01h455vb4pex5vsknk084sn02q */
            id: string;
            status: components["schemas"]["BackgroundTaskStatus"];
            task: components["schemas"]["BackgroundTaskType"];
            /** Format: date-time */
            updatedAt: string;
        };
        /**
         * @description `failed`: has a dead letter at the endpoint and was never delivered there. `missing`: the endpoint's filters want it now, and it was never delivered there. `all`: the endpoint's filters want it now. What still waits to be sent there is none of these
         * @enum {string}
         */
        ReplayWhat: "failed" | "missing" | "all";
        /**
         * @description A set of permissions. admin: all; operator: all but admin; viewer: read, portal:read; ingest: ingest; worker: work; portal: portal:read, portal:write
         * @enum {string}
         */
        Role: "admin" | "operator" | "viewer" | "ingest" | "worker" | "portal";
        RunAnsweredOut: {
            /** @description What it returned, when it completed */
            output?: unknown;
            /** @description What its `respond` step said; null: it ended without */
            response: {
                /** @description Any JSON */
                body?: unknown;
                status: number;
            } | null;
            run: components["schemas"]["RunOut"];
        };
        RunApproveIn: {
            approved: boolean;
            /** @example orders[2].charge */
            path: string;
            /** @default  */
            reason?: string;
        };
        RunAttemptOut: {
            /**
             * Format: date-time
             * @description When the newest thing known of it was recorded
             */
            at: string;
            error?: components["schemas"]["StepError"];
            number: number;
            /** @enum {string} */
            outcome: "completed" | "failed" | "began" | "waiting";
            /** @description Any JSON */
            output?: unknown;
            /** @description Bytes of a value that is not shown here; `…/value` gives it whole */
            outputOmitted?: number;
            /** Format: date-time */
            retryAt?: string;
            /**
             * Format: date-time
             * @description When it was begun, as far as the journal tells
             */
            startedAt: string | null;
            /**
             * Format: date-time
             * @description It waits at most until then
             */
            until?: string;
        };
        RunBatchIn: {
            runs: {
                /** @description Any JSON */
                input?: unknown;
                /** @description Starts nothing when a run of this flow was started with it within 24 hours */
                key?: string;
            }[];
        };
        /** @description In the order asked; `started: false`: the run of the same key */
        RunBatchOut: {
            data: {
                id: string;
                started: boolean;
            }[];
        };
        RunCancelIn: {
            /** @default  */
            reason?: string;
        };
        RunDetailOut: {
            /** @description Runs that it called, and that repeat it: the newest 100 */
            children: components["schemas"]["RunOut"][];
            definition: components["schemas"]["FlowDefinition"] & unknown;
            depth: number;
            /**
             * Format: date-time
             * @description When it goes on at the latest; null: nothing falls due by itself
             */
            dueAt: string | null;
            /** Format: date-time */
            endedAt: string | null;
            /** @description Entries of the journal that were read for this */
            entries: number;
            error: components["schemas"]["StepError"];
            /** @description The message that started it */
            eventId: string | null;
            /** @description Messages that it emitted */
            events: string[];
            /** @description What else is known of what started it */
            facts: {
                [key: string]: unknown;
            } | null;
            /** @description Failures that look alike have the same */
            fingerprint: string | null;
            /** @description The name of its flow */
            flow: string;
            flowId: string;
            /** @example run_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** @description What it was started with; where an event started it, that message's payload. null also once the message was erased, or is past its retention */
            input?: unknown;
            /** @description Bytes of a value that is not shown here; `…/value` gives it whole */
            inputOmitted?: number;
            /** @description False: the journal is longer; `…/journal` has the rest */
            isComplete: boolean;
            /** @description What its `code` steps wrote with `console.log`, line by line, told with the end of each attempt: the first 1 MiB */
            logs: {
                /** Format: date-time */
                at: string;
                attempt: number;
                path: string;
                text: string;
            }[];
            /** @description Any JSON */
            output?: unknown;
            /** @description Bytes of a value that is not shown here; `…/value` gives it whole */
            outputOmitted?: number;
            /** @description The run that called it, or that it repeats */
            parentId: string | null;
            /** @description Why it was cancelled */
            reason: string | null;
            /** Format: date-time */
            startedAt: string;
            state: components["schemas"]["RunState"];
            /** @description Steps it did; null: not known before it ends */
            stepCount: number | null;
            /** @description In the order in which they were first recorded */
            steps: components["schemas"]["RunStepOut"][];
            trigger: components["schemas"]["RunTrigger"];
            version: number;
            waitingFor: components["schemas"]["RunWaitingFor"];
        };
        /** @enum {string} */
        RunEndState: "completed" | "failed" | "cancelled";
        RunEntryOut: {
            /** Format: date-time */
            at: string;
            attempt: number;
            /** Format: date-time */
            dueAt: string | null;
            /** @enum {string} */
            kind: "completed" | "failed" | "began" | "waiting" | "cancelled";
            path: string;
            seq: number;
            /** @description Any JSON */
            value?: unknown;
            /** @description Bytes of a value that is not shown here; `…/value` gives it whole */
            valueOmitted?: number;
        };
        RunJournalOut: {
            data: components["schemas"]["RunEntryOut"][];
            done: boolean;
        };
        RunOut: {
            depth: number;
            /**
             * Format: date-time
             * @description When it goes on at the latest; null: nothing falls due by itself
             */
            dueAt: string | null;
            /** Format: date-time */
            endedAt: string | null;
            error: components["schemas"]["StepError"];
            /** @description The message that started it */
            eventId: string | null;
            /** @description Failures that look alike have the same */
            fingerprint: string | null;
            /** @description The name of its flow */
            flow: string;
            flowId: string;
            /** @example run_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** @description The run that called it, or that it repeats */
            parentId: string | null;
            /** @description Why it was cancelled */
            reason: string | null;
            /** Format: date-time */
            startedAt: string;
            state: components["schemas"]["RunState"];
            /** @description Steps it did; null: not known before it ends */
            stepCount: number | null;
            trigger: components["schemas"]["RunTrigger"];
            version: number;
            waitingFor: components["schemas"]["RunWaitingFor"];
        };
        RunRerunIn: {
            /**
             * @description The first step to do again; those done before it keep their results. Unless given, all is done again
             * @example orders[2].charge
             */
            from?: string;
            /** @description Instead of the input of the run before */
            input?: unknown;
            /** @default same */
            version?: ("same" | "current") | number;
        };
        RunStartIn: {
            /**
             * @description It begins so much later; at most 366d
             * @example 15m
             */
            delay?: string;
            /** @description Any JSON */
            input?: unknown;
            /** @description Seconds to wait for its `respond` step or its end; 0 or absent: not at all */
            wait?: number;
        };
        /** @enum {string} */
        RunState: "running" | "waiting" | "completed" | "failed" | "cancelled";
        RunStepOut: {
            attempts: components["schemas"]["RunAttemptOut"][];
            /** @description `http`, `task`, …; null: the definition has no such step */
            kind: string | null;
            /** @example orders[2].charge */
            path: string;
            /** @description Its output was taken over from another run */
            pinned: boolean;
            /** @enum {string} */
            state: "completed" | "failed" | "running" | "waiting" | "retrying" | "given_up";
            /**
             * @description The id of the step in the definition
             * @example charge
             */
            step: string;
        };
        /** @description Server-sent events: `hello` with the run; `entries` with `{items}`, as in its journal; `run` when its state changes; `bye` once it has ended, or the server ends the stream */
        RunTailStream: string;
        /** @enum {string} */
        RunTrigger: "event" | "source" | "delivery" | "schedule" | "api" | "manual" | "rerun" | "call" | "run" | "batch";
        RunValueOut: {
            bytes: number;
            /** @description False: the value cannot be told, and `reason` says why */
            known: boolean;
            reason: string | null;
            /** @description Any JSON */
            value?: unknown;
        };
        /**
         * @description `room`: a process that takes it up; `control`: flow control; `paused`: its flow is paused; the others as its steps say
         * @enum {string|null}
         */
        RunWaitingFor: "room" | "control" | "time" | "event" | "approval" | "task" | "call" | "paused" | null;
        SourceCreated: {
            /** Format: date-time */
            createdAt: string;
            disabled: boolean;
            /** @example src_01h455vb4pex5vsknk084sn02q */
            id: string;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /**
             * @description Of the preset: header names, prefix, encoding, tolerance, where the event type stands, …
             * @example {}
             */
            options: {
                [key: string]: unknown;
            };
            preset: components["schemas"]["SourcePreset"];
            /** @description null: the provider makes it; bring it with a rotation */
            secret: string | null;
            uid: string | null;
            /** Format: date-time */
            updatedAt: string;
            /**
             * Format: uri
             * @description Where the provider posts to. Whoever knows it may post: the signature decides what is believed
             */
            url: string;
        };
        SourceIn: {
            /**
             * @description It answers 403 and takes nothing
             * @default false
             */
            disabled?: boolean;
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /** @default  */
            name?: string;
            /**
             * @description Of the preset: header names, prefix, encoding, tolerance, where the event type stands, …
             * @example {}
             */
            options?: {
                [key: string]: unknown;
            };
            preset: components["schemas"]["SourcePreset"];
            /** @description As the provider shows it; absent: one is made where either side may choose it */
            secret?: string | null;
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-source-identifier
             */
            uid?: string | null;
        };
        SourceOut: {
            /** Format: date-time */
            createdAt: string;
            disabled: boolean;
            /** @example src_01h455vb4pex5vsknk084sn02q */
            id: string;
            metadata: {
                [key: string]: string;
            };
            name: string;
            /**
             * @description Of the preset: header names, prefix, encoding, tolerance, where the event type stands, …
             * @example {}
             */
            options: {
                [key: string]: unknown;
            };
            preset: components["schemas"]["SourcePreset"];
            uid: string | null;
            /** Format: date-time */
            updatedAt: string;
            /**
             * Format: uri
             * @description Where the provider posts to. Whoever knows it may post: the signature decides what is believed
             */
            url: string;
        };
        SourcePatch: {
            /**
             * @description It answers 403 and takes nothing
             * @default false
             */
            disabled?: boolean;
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /** @default  */
            name?: string;
            /**
             * @description Of the preset: header names, prefix, encoding, tolerance, where the event type stands, …
             * @example {}
             */
            options?: {
                [key: string]: unknown;
            };
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-source-identifier
             */
            uid?: string | null;
        };
        /**
         * @description Whose webhooks come in: how they are verified, told apart and answered
         * @enum {string}
         */
        SourcePreset: "stripe" | "github" | "shopify" | "slack" | "standard-webhooks" | "hmac" | "none";
        SourceRejectionList: {
            data: {
                bodyBytes: number;
                bodyExcerpt: string;
                detail: string;
                /** @description Signatures and credentials masked */
                headers: string[][];
                /** @example rej_01h455vb4pex5vsknk084sn02q */
                id: string;
                /** @example signature_mismatch */
                reason: string;
                remoteAddress: string | null;
                /** Format: date-time */
                timestamp: string;
            }[];
        };
        SourceSecretRotated: {
            secret: string;
        };
        SourceSecretRotateIn: {
            /**
             * @description How long those before stay good; 0: not any more
             * @default 86400
             */
            overlapSeconds?: number;
            /** @description As the provider shows it; absent: one is made where either side may choose it */
            secret?: string | null;
        };
        SourceSecretsOut: {
            data: {
                /** Format: date-time */
                createdAt: string;
                /**
                 * Format: date-time
                 * @description null: the current one
                 */
                expiresAt: string | null;
                secret: string;
            }[];
        };
        SourceUpdate: {
            /**
             * @description It answers 403 and takes nothing
             * @default false
             */
            disabled?: boolean;
            /** @default {} */
            metadata?: {
                [key: string]: string;
            };
            /** @default  */
            name?: string;
            /**
             * @description Of the preset: header names, prefix, encoding, tolerance, where the event type stands, …
             * @example {}
             */
            options?: {
                [key: string]: unknown;
            };
            /**
             * @description Unique identifier of your own, usable wherever an id is
             * @example unique-source-identifier
             */
            uid?: string | null;
        };
        /** @description Why it failed */
        StepError: {
            /** @description Where in the definition */
            at: string | null;
            /** @enum {string} */
            class: "retryable" | "timeout" | "ambiguous" | "permanent" | "invalid" | "code" | "cancelled";
            /** @example http_503 */
            code: string;
            /** @description Any JSON */
            detail?: unknown;
            message: string;
            /** @description The step */
            path: string | null;
        } | null;
        /** @description Server-sent events. `hello` first; then `batch` at most every 250 ms, with `{items, skipped}`: what happened, and how much more of each kind was too much to show; `bye` before an end of the server's own. */
        TailStream: string;
        TaskAttemptOut: {
            /** Format: date-time */
            endedAt: string;
            error: components["schemas"]["TaskError"];
            /** @description Told by a worker that had lost the task; it changed nothing */
            late: boolean;
            /**
             * Format: date-time
             * @description When it was to be tried again
             */
            nextAt: string | null;
            number: number;
            /** @enum {string} */
            outcome: "completed" | "failed" | "timeout" | "lost" | "cancelled";
            /** Format: date-time */
            startedAt: string | null;
            workerId: string | null;
        };
        TaskBatchIn: {
            tasks: components["schemas"]["TaskIn"][];
        };
        TaskBatchOut: {
            data: components["schemas"]["TaskEnqueuedOut"][];
        };
        TaskCancelIn: {
            reason?: string;
        };
        TaskCancelOut: {
            /**
             * @description `cancelling`: it runs; its worker is asked to stop it
             * @enum {string}
             */
            state: "cancelled" | "cancelling";
        };
        TaskDetailOut: {
            /** @description Made, the one under way included */
            attempts: number;
            /** @description Its worker is asked to stop it */
            cancelReason: string | null;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it may begin; null unless it waits
             */
            dueAt: string | null;
            /** Format: date-time */
            endedAt: string | null;
            error: components["schemas"]["TaskError"];
            history: components["schemas"]["TaskAttemptOut"][];
            /** @example task_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** @description Any JSON */
            input?: unknown;
            /** @description What its worker passes on as an idempotency key */
            key: string;
            name: string;
            /** @description Any JSON */
            output?: unknown;
            path: string | null;
            priority: number;
            /** @description Any JSON */
            progress?: unknown;
            queue: string;
            retry: components["schemas"]["TaskRetry"] & (Record<string, never> | null);
            /** @description The run whose step waits for it */
            runId: string | null;
            /** Format: date-time */
            startedAt: string | null;
            state: components["schemas"]["TaskState"];
            timeoutMs: number | null;
            workerId: string | null;
        };
        TaskEnqueuedOut: {
            /** @description False: a task that holds the unique key is there already */
            created: boolean;
            /** @example task_01h455vb4pex5vsknk084sn02q */
            id: string;
        };
        /** @description Why it failed, or was cancelled; in lists null when it is long */
        TaskError: {
            class: string;
            code: string;
            message: string;
            stack?: string;
        } | null;
        TaskIn: {
            /** @description Not before so long from now */
            delayMs?: number;
            /** @description Any JSON */
            input?: unknown;
            /**
             * @description What a worker knows the function by
             * @example mail.send
             */
            name: string;
            /** @description The higher goes first; each minute of waiting counts like one more */
            priority?: number;
            /**
             * @description In which queue it waits
             * @example default
             */
            queue?: string;
            retry?: components["schemas"]["TaskRetry"];
            /**
             * Format: date-time
             * @description Not before then; at most 366 days ahead
             */
            runAt?: string;
            /** @description Of one attempt; none unless given */
            timeoutMs?: number;
            /** @description Until it is handed out (`waiting`), until it has ended (`done`, unless given), or so many ms from now whatever becomes of it */
            uniqueFor?: ("waiting" | "done") | number;
            /** @description At most one task of this name and key; asking again answers with that one */
            uniqueKey?: string;
        };
        TaskOut: {
            /** @description Made, the one under way included */
            attempts: number;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it may begin; null unless it waits
             */
            dueAt: string | null;
            /** Format: date-time */
            endedAt: string | null;
            error: components["schemas"]["TaskError"];
            /** @example task_01h455vb4pex5vsknk084sn02q */
            id: string;
            name: string;
            path: string | null;
            priority: number;
            /** @description Any JSON */
            progress?: unknown;
            queue: string;
            /** @description The run whose step waits for it */
            runId: string | null;
            /** Format: date-time */
            startedAt: string | null;
            state: components["schemas"]["TaskState"];
            workerId: string | null;
        };
        TaskQueueListOut: {
            data: components["schemas"]["TaskQueueOut"][];
        };
        TaskQueueOut: {
            /** @description Tasks under way at once, over all workers */
            concurrency: number | null;
            /** @description False: there are at least so many; counting stopped */
            countsAreExact: boolean;
            name: string;
            /** Format: date-time */
            oldestDueAt: string | null;
            paused: boolean;
            /** @description Tasks handed out per second, over all workers */
            rate: number | null;
            running: number;
            /** @description Waiting for their time */
            scheduled: number;
            waiting: number;
            workers: number;
        };
        TaskQueuePatch: {
            /** @description null: no limit */
            concurrency?: number | null;
            paused?: boolean;
            /** @description null: no limit */
            rate?: number | null;
        };
        TaskRetry: {
            /** @description Attempts in all; 5 unless given */
            attempts?: number;
            /** @description Each wait is so many times the one before */
            factor?: number;
            /** @description No wait is longer; an hour unless given */
            maxMs?: number;
            /** @description Classes of errors that are tried again; retryable, timeout, ambiguous unless given */
            on?: components["schemas"]["ErrorClass"][];
            /** @description Before the second attempt; 1,000 unless given */
            waitMs?: number;
        };
        TasksRetryIn: {
            /** @description Count, and change nothing */
            dryRun?: boolean;
            /**
             * @description What a worker knows the function by
             * @example mail.send
             */
            name?: string;
            /**
             * @description In which queue it waits
             * @example default
             */
            queue?: string;
            /**
             * Format: date-time
             * @description Only tasks enqueued from then on
             */
            since?: string;
            /**
             * Format: date-time
             * @description Only tasks enqueued before
             */
            until?: string;
        };
        TasksRetryOut: {
            count: number;
            /** @description False: ask again; there are more, or there may be */
            done: boolean;
            dryRun: boolean;
        };
        /** @enum {string} */
        TaskState: "waiting" | "running" | "completed" | "failed" | "cancelled";
        TimelineOut: {
            /**
             * Format: date-time
             * @description When the message got its id, by the clock of the process that took it
             */
            acceptedAt: string;
            deliveries: {
                attempts: components["schemas"]["MessageAttemptOut"][];
                /** Format: date-time */
                deadAt: string | null;
                /**
                 * @description null of a dead one: its dead letter was expired
                 * @enum {string|null}
                 */
                deadReason: "exhausted" | "permanent" | "expired" | "endpoint_deleted" | "application_deleted" | "endpoint_disabled" | "held_too_long" | "held_too_many" | "cancelled" | "erased" | null;
                /** Format: date-time */
                dueAt: string | null;
                endpointDeleted: boolean;
                endpointDescription: string | null;
                endpointId: string;
                endpointUrl: string | null;
                /** @example dlv_01h455vb4pex5vsknk084sn02q */
                id: string;
                /**
                 * Format: date-time
                 * @description When it began to be owed
                 */
                owedAt: string;
                /** @enum {string} */
                state: "leased" | "owed" | "held" | "delivered" | "dead";
                /** @enum {string|null} */
                trigger: "scheduled" | "resend" | "replay" | "probe" | null;
            }[];
            /** @description False: not all deliveries or attempts are shown */
            isComplete: boolean;
            /** @description It goes to very many endpoints, and not all are owed it yet */
            isExpanding: boolean;
            message: components["schemas"]["MessageOut"];
            /**
             * Format: date-time
             * @description When its row was written, inside the transaction that was committed before the 202, by the database's clock; null for messages from before that was kept
             */
            storedAt: string | null;
            traceId: string | null;
        };
        TopOut: {
            data: {
                appId: string;
                appName: string | null;
                endpointId: string | null;
                endpointUrl: string | null;
                value: number;
                /** @description False: at least so many */
                valueIsExact: boolean;
            }[];
        };
        ValidationErrorItem: {
            /**
             * @description `body`, `query`, `path` or `header`, then the way to the value.
             * @example [
             *       "body",
             *       "url"
             *     ]
             */
            loc: string[];
            /** @description What is, and what should be. */
            msg: string;
            /** @description `value_error`, `type_error`, or one of them with more after a dot. */
            type: string;
        };
        WhoAmIOut: {
            /** @description The one application it is for; null: the organisation */
            appId: string | null;
            appName: string | null;
            /** @description Whether this is an engine in development, on its own machine */
            development: boolean;
            /** Format: date-time */
            expiresAt: string | null;
            /** @example key_01h455vb4pex5vsknk084sn02q */
            id: string;
            /** @enum {string} */
            kind: "root" | "key" | "portal" | "console";
            name: string;
            permissions: components["schemas"]["Permission"][];
            role: components["schemas"]["Role"];
        };
        WorkerHeartbeatIn: {
            /** @description All tasks that it has; what it was handed and does not know of is owed again */
            holding?: string[];
            progress?: {
                attempt: number;
                id: string;
                /** @description Any JSON */
                value?: unknown;
            }[];
            /**
             * @description Of the worker, as its first lease answered
             * @example 42
             */
            token: string;
        };
        WorkerHeartbeatOut: {
            cancelled: {
                attempt: number;
                id: string;
                reason: string;
            }[];
        };
        WorkerLeaseIn: {
            /** @description Tasks at most; 0 only joins */
            max: number;
            /** @description How long to wait for the first; 0 unless given */
            waitSeconds?: number;
            /** @description The first time who it is and what it can do; from then on its token */
            worker: {
                /**
                 * @description Of the worker, as its first lease answered
                 * @example 42
                 */
                token: string;
            } | {
                concurrency: number;
                /** @example mailer@host-1 */
                name: string;
                /** @description The tasks that it knows */
                names: string[];
                queues: string[];
                /** @description Tasks of its own by the clock: they are enqueued once, however many workers say so */
                schedules?: {
                    cron: string;
                    /** @description Any JSON */
                    input?: unknown;
                    /**
                     * @description What a worker knows the function by
                     * @example mail.send
                     */
                    name: string;
                    priority?: number;
                    /**
                     * @description In which queue it waits
                     * @example default
                     */
                    queue?: string;
                    retry?: components["schemas"]["TaskRetry"];
                    timeoutMs?: number;
                    zone?: string;
                }[];
            };
        };
        WorkerLeaseOut: {
            /** @description Tasks of its own that it should stop */
            cancelled: {
                attempt: number;
                id: string;
                reason: string;
            }[];
            heartbeatMs: number;
            /** @description Not heard of for so long, its tasks are somebody else's */
            lostAfterMs: number;
            tasks: {
                attempt: number;
                /** @example task_01h455vb4pex5vsknk084sn02q */
                id: string;
                /** @description Any JSON */
                input?: unknown;
                /** @description The same on every attempt: pass it on as an idempotency key */
                key: string;
                name: string;
                priority: number;
                queue: string;
                timeoutMs: number | null;
            }[];
            worker: {
                /** @example wkr_01h455vb4pex5vsknk084sn02q */
                id: string;
                token: string;
            };
        };
        WorkerLeaveIn: {
            /**
             * @description Of the worker, as its first lease answered
             * @example 42
             */
            token: string;
        };
        WorkerListOut: {
            data: components["schemas"]["WorkerOut"][];
        };
        WorkerOut: {
            concurrency: number;
            /** Format: date-time */
            endedAt: string | null;
            /** @enum {string|null} */
            endedBy: "left" | "lost" | null;
            id: string;
            name: string;
            names: string[];
            queues: string[];
            running: number;
            /** Format: date-time */
            seenAt: string;
            /** Format: date-time */
            startedAt: string;
        };
        WorkerReportIn: {
            results: {
                attempt: number;
                /** @description With `ok: false` */
                error?: {
                    class?: components["schemas"]["ErrorClass"] & unknown;
                    code?: string;
                    message: string;
                    /**
                     * Format: date-time
                     * @description When it should be tried again, if at all
                     */
                    retryAt?: string;
                    stack?: string;
                };
                id: string;
                ok?: boolean;
                /** @description With `ok: true` */
                output?: unknown;
                /**
                 * @description Instead of `ok`: it did nothing of it; the attempt does not count
                 * @enum {boolean}
                 */
                released?: true;
            }[];
            /**
             * @description Of the worker, as its first lease answered
             * @example 42
             */
            token: string;
        };
        WorkerReportOut: {
            results: {
                id: string;
                /**
                 * @description `late`: somebody else has it by now, or it has ended; this changed nothing
                 * @enum {string}
                 */
                state: "completed" | "failed" | "cancelled" | "retrying" | "released" | "late";
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "v1.api-key.list": {
        parameters: {
            query?: {
                /** @description Only keys for this application */
                app_id?: string;
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of keys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_ApiKeyOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.api-key.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyIn"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyIssued"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.api-key.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.api-key.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.api-key.patch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyPatch"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.api-key.rotate": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyRotateIn"];
            };
        };
        responses: {
            /** @description The key with its new token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyIssued"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.application.list": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of applications */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_ApplicationOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.application.create": {
        parameters: {
            query?: {
                /** @description Answer 200 with the application that has this uid, if there is one */
                get_if_exists?: boolean;
            };
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplicationIn"];
            };
        };
        responses: {
            /** @description There was one with this uid */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationOut"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.application.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The application */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.application.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplicationIn"];
            };
        };
        responses: {
            /** @description Replaced */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationOut"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.application.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    /** @description How many deliveries were waiting and will not be sent; `100000+` for that many or more */
                    "Posthorn-Owed-Stopped"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    patch_application: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplicationPatch"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.approval.list": {
        parameters: {
            query?: {
                /** @description Only those of this flow, by id or name */
                flow?: string;
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of approvals */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_ApprovalOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message-attempt.list-by-endpoint": {
        parameters: {
            query?: {
                /** @description Only items from after, the oldest first page; not heeded with an iterator */
                after?: string;
                /** @description Only items from before; not heeded with an iterator */
                before?: string;
                /** @description Only messages with this channel */
                channel?: string;
                /** @description Only messages of these types: repeated, or joined by commas */
                event_types?: string[];
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description Only attempts with this outcome */
                outcome?: "delivered" | "retryable" | "permanent" | "gone" | "timeout" | "ambiguous" | "signature_error" | "endpoint_config_error" | "internal_error";
                /** @description Only attempts with this reason */
                reason?: string;
                /** @description Only attempts after which the delivery was this */
                settled_as?: "delivered" | "owed" | "dead" | "late";
                /** @description Only attempts of this status: 0 succeeded, 2 failed */
                status?: 0 | 1 | 2 | 3;
                /** @description Only attempts answered with a status of this class */
                status_code_class?: 0 | 100 | 200 | 300 | 400 | 500;
                /** @description Only messages with this tag */
                tag?: string;
                /** @description Only attempts of deliveries that came about so */
                trigger?: "scheduled" | "resend" | "replay" | "probe";
                /** @description With bodies and headers */
                with_content?: boolean;
            };
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of attempts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageAttemptOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message-attempt.list-by-msg": {
        parameters: {
            query?: {
                /** @description Only items from after, the oldest first page; not heeded with an iterator */
                after?: string;
                /** @description Only items from before; not heeded with an iterator */
                before?: string;
                /** @description Only messages with this channel */
                channel?: string;
                /** @description Only attempts to this endpoint, by id or uid */
                endpoint_id?: string;
                /** @description Only messages of these types: repeated, or joined by commas */
                event_types?: string[];
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description Only attempts with this outcome */
                outcome?: "delivered" | "retryable" | "permanent" | "gone" | "timeout" | "ambiguous" | "signature_error" | "endpoint_config_error" | "internal_error";
                /** @description Only attempts with this reason */
                reason?: string;
                /** @description Only attempts after which the delivery was this */
                settled_as?: "delivered" | "owed" | "dead" | "late";
                /** @description Only attempts of this status: 0 succeeded, 2 failed */
                status?: 0 | 1 | 2 | 3;
                /** @description Only attempts answered with a status of this class */
                status_code_class?: 0 | 100 | 200 | 300 | 400 | 500;
                /** @description Only messages with this tag */
                tag?: string;
                /** @description Only attempts of deliveries that came about so */
                trigger?: "scheduled" | "resend" | "replay" | "probe";
                /** @description With bodies and headers */
                with_content?: boolean;
            };
            header?: never;
            path: {
                app_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of attempts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageAttemptOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.app.background-task.list": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
                /** @description `paused` and `cancelled` are not part of Svix's API */
                status?: components["schemas"]["BackgroundTaskStatus"];
                task?: components["schemas"]["BackgroundTaskType"];
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tasks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_BackgroundTaskOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.app.background-task.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.app.background-task.cancel": {
        parameters: {
            query?: {
                /** @description Also takes back what it owed and was not sent yet: dead letters with the reason `cancelled` */
                withdraw?: boolean;
            };
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.app.background-task.pause": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.app.background-task.resume": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.list": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of endpoints */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_EndpointOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointIn"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointUpdate"];
            };
        };
        responses: {
            /** @description Replaced */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    /** @description How many deliveries were waiting and will not be sent; `100000+` for that many or more */
                    "Posthorn-Owed-Stopped"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    patch_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointPatch"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.delivery.list-dead": {
        parameters: {
            query?: {
                /** @description Only messages of these types: repeated, or joined by commas */
                event_types?: string[];
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                reason?: "exhausted" | "permanent" | "expired" | "endpoint_deleted" | "application_deleted" | "endpoint_disabled" | "held_too_long" | "held_too_many" | "cancelled" | "erased";
                /** @description Only of messages accepted from then on */
                since?: string;
                /** @description Only of messages accepted before */
                until?: string;
            };
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of dead letters */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_DeadLetterOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.delivery.expire": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeadChangeIn"];
            };
        };
        responses: {
            /** @description How many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryChangeOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.delivery.requeue": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeadChangeIn"];
            };
        };
        responses: {
            /** @description How many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryChangeOut"];
                };
            };
            /** @description There are many: a task requeues them */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.get-headers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The headers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointHeadersOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.update-headers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointHeadersIn"];
            };
        };
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.patch-headers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointHeadersPatchIn"];
            };
        };
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.health": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointHealthOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message-attempt.list-attempted-messages": {
        parameters: {
            query?: {
                /** @description Only items from after, the oldest first page; not heeded with an iterator */
                after?: string;
                /** @description Only items from before; not heeded with an iterator */
                before?: string;
                /** @description Only messages with this channel */
                channel?: string;
                /** @description Only messages of these types: repeated, or joined by commas */
                event_types?: string[];
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description Only messages of this status: 0 success, 1 pending, 2 fail, 3 sending */
                status?: 0 | 1 | 2 | 3;
                /** @description Only messages with this tag */
                tag?: string;
                /** @description With the payloads */
                with_content?: boolean;
            };
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of messages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_EndpointMessageOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.delivery.list-owed": {
        parameters: {
            query?: {
                /** @description Only messages of these types: repeated, or joined by commas */
                event_types?: string[];
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description Only those whose last attempt had this outcome */
                outcome?: string;
                /** @description Only those whose last attempt had this reason */
                reason?: string;
                state?: "waiting" | "held" | "leased";
            };
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_OpenDeliveryOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.delivery.cancel": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwedChangeIn"];
            };
        };
        responses: {
            /** @description How many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryChangeOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.delivery.hold": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwedChangeIn"];
            };
        };
        responses: {
            /** @description How many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryChangeOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.delivery.release": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwedChangeIn"];
            };
        };
        responses: {
            /** @description How many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryChangeOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.pause": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Paused */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.probe": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Asked for */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmptyResponse"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.recover": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoverIn"];
            };
        };
        responses: {
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoverOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.replay-missing": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayIn"];
            };
        };
        responses: {
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.resume": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Enabled */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.get-secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret, or the public key */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointSecretOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.rotate-secret": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointSecretRotateIn"];
            };
        };
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.send-example": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventExampleIn"];
            };
        };
        responses: {
            /** @description Sent */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.series": {
        parameters: {
            query?: {
                /** @description From then on; unless given, an hour before `until` */
                since?: string;
                /** @description Made longer when it would be too many points */
                step_seconds?: number;
                /** @description Up to then; unless given, now */
                until?: string;
            };
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The points, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointSeriesOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.endpoint.get-stats": {
        parameters: {
            query?: {
                /** @description Only messages accepted from then on */
                since?: string;
                /** @description Only messages accepted before */
                until?: string;
            };
            header?: never;
            path: {
                app_id: string;
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointStats"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.list": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of flows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_FlowOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow-secret.list": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of secrets, by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponseFlowSecretOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow-secret.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                secret_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowSecretIn"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowSecretOut"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowSecretOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow-secret.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                secret_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The flow */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowDetailOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowIn"];
            };
        };
        responses: {
            /** @description The flow as it is now; of a dry run, as it would be */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowPutOut"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowPutOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.patch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowPatch"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.backtest": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowBacktestIn"];
            };
        };
        responses: {
            /** @description What would differ */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowBacktestOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.failure.list": {
        parameters: {
            query?: {
                /** @description Only runs that began then or later; 7 days ago unless given */
                since?: string;
            };
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The failures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowFailureList"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.rerun.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reruns */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRerunList"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.rerun.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowRerunIn"];
            };
        };
        responses: {
            /** @description Counted only */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRerunCountOut"];
                };
            };
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRerunOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.rerun.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
                rerun_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rerun */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRerunOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.rerun.cancel": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
                rerun_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowRerunCancelIn"];
            };
        };
        responses: {
            /** @description Stopped */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowRerunOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.start": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunStartIn"];
            };
        };
        responses: {
            /** @description It answered, or ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunAnsweredOut"];
                };
            };
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.start-batch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunBatchIn"];
            };
        };
        responses: {
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBatchOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.schedule.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One for each trigger with a schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowScheduleList"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.skip.list": {
        parameters: {
            query?: {
                limit?: number;
                /** @description Counts from then on; 24 hours ago unless given; at most 30 days back */
                since?: string;
            };
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Held now, the newest skips, and how many over time */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowSkipsOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.stats": {
        parameters: {
            query?: {
                /** @description 24 hours ago unless given; at most 31 days back */
                since?: string;
            };
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Over time */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowStatsOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.version.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The versions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowVersionList"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.version.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowVersionDetailOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.version.deploy": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                /** @description Its id, or its name */
                flow_id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowDeployIn"];
            };
        };
        responses: {
            /** @description Deployed, or would be */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowDeployOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.flow.check": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowCheckIn"];
            };
        };
        responses: {
            /** @description Whether it is valid */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowCheckOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message.list": {
        parameters: {
            query?: {
                /** @description Only items from after, the oldest first page; not heeded with an iterator */
                after?: string;
                /** @description Only items from before; not heeded with an iterator */
                before?: string;
                /** @description Only messages with this channel */
                channel?: string;
                /** @description Only messages of these types: repeated, or joined by commas */
                event_types?: string[];
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description Only messages with this tag */
                tag?: string;
                /** @description With the payloads */
                with_content?: boolean;
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of messages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message.create": {
        parameters: {
            query?: {
                /** @description With the payloads */
                with_content?: boolean;
            };
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageIn"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message.get": {
        parameters: {
            query?: {
                /** @description With the payloads */
                with_content?: boolean;
            };
            header?: never;
            path: {
                app_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message-attempt.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                attempt_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attempt */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageAttemptOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message-attempt.expunge-content": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                attempt_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message.expunge-content": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message-attempt.list-attempted-destinations": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
            };
            header?: never;
            path: {
                app_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of endpoints */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageEndpointOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message-attempt.resend": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                endpoint_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmptyResponse"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message.timeline": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its timeline */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimelineOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.message.create-batch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageBatchIn"];
            };
        };
        responses: {
            /** @description An answer per message, in order */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageBatchOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.portal-theme.get-of-application": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The theme */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalTheme"] & unknown;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.portal-theme.update-of-application": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PortalTheme"] & unknown;
            };
        };
        responses: {
            /** @description The theme */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalTheme"] & unknown;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.app.replay": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplicationReplayIn"];
            };
        };
        responses: {
            /** @description Counted only */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayDryRunOut"];
                };
            };
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.run.list": {
        parameters: {
            query?: {
                /** @description Only runs that this message started */
                event_id?: string;
                /** @description Only failures that look alike */
                fingerprint?: string;
                /** @description Only runs of this flow, by id or name */
                flow?: string;
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description Only runs that began then or later */
                since?: string;
                state?: components["schemas"]["RunState"];
                trigger?: components["schemas"]["RunTrigger"];
                /** @description Only runs that began before */
                until?: string;
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_RunOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.run.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDetailOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.run.approve": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunApproveIn"];
            };
        };
        responses: {
            /** @description Decided */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.run.cancel": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunCancelIn"];
            };
        };
        responses: {
            /** @description It will end */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.run.journal": {
        parameters: {
            query?: {
                /** @description Entries after this `seq` */
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                app_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunJournalOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.run.rerun": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunRerunIn"];
            };
        };
        responses: {
            /** @description Begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.run.tail": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happens, until it ends */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["RunTailStream"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.run.value": {
        parameters: {
            query: {
                attempt?: number;
                /** @description `input` of an attempt is computed again from the journal: what `http` asked, what a program, a task or a run was given, what was emitted */
                part: "input" | "output" | "error";
                /** @description The step; unless given, the run itself */
                path?: string;
            };
            header?: never;
            path: {
                app_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The value, or why it cannot be told */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunValueOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.list": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sources */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_SourceOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceIn"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceCreated"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The source */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                source_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceUpdate"];
            };
        };
        responses: {
            /** @description Replaced */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.patch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                source_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourcePatch"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.list-rejections": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rejections */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceRejectionList"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.get-secrets": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                source_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secrets */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceSecretsOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.source.rotate-secret": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                source_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceSecretRotateIn"];
            };
        };
        responses: {
            /** @description The new secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceSecretRotated"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.tail.application": {
        parameters: {
            query?: {
                /** @description event, attempt, rejection, joined by commas; unless given, all */
                kinds?: string;
                /** @description Only what has this in its type or one of its ids */
                q?: string;
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happens, until somebody ends it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TailStream"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task.list": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description What a worker knows the function by */
                name?: string;
                /** @description In which queue it waits */
                queue?: string;
                state?: components["schemas"]["TaskState"];
            };
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tasks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_TaskOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskIn"];
            };
        };
        responses: {
            /** @description It is enqueued, or was already */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskEnqueuedOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task-queue.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 500, by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskQueueListOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task-queue.patch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                /** @description In which queue it waits */
                queue: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskQueuePatch"];
            };
        };
        responses: {
            /** @description The queue */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskQueueOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskDetailOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task.cancel": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskCancelIn"];
            };
        };
        responses: {
            /** @description It has ended, or will */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCancelOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task.retry": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is owed */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskEnqueuedOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task.create-batch": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskBatchIn"];
            };
        };
        responses: {
            /** @description In the order asked */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskBatchOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.task.retry-many": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TasksRetryIn"];
            };
        };
        responses: {
            /** @description How many */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TasksRetryOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.worker.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 1,000 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerListOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.worker.heartbeat": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkerHeartbeatIn"];
            };
        };
        responses: {
            /** @description It was heard */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerHeartbeatOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.worker.lease": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkerLeaseIn"];
            };
        };
        responses: {
            /** @description Tasks that are this worker's now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerLeaseOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.worker.leave": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkerLeaveIn"];
            };
        };
        responses: {
            /** @description It has ended, or had before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmptyResponse"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.worker.report": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkerReportIn"];
            };
        };
        responses: {
            /** @description What each came to, in the order told */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerReportOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.audit.list": {
        parameters: {
            query?: {
                /** @description `root`, `stranger`, or the id of a key or session */
                actor?: string;
                /** @description Only what was about this application */
                app_id?: string;
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description An operationId */
                operation?: string;
                /** @description Only what was done then or later */
                since?: string;
                /** @description The id of what was made or changed */
                target?: string;
                /** @description Only what was done before */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of records */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_AuditOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.audit.export": {
        parameters: {
            query?: {
                /** @description `root`, `stranger`, or the id of a key or session */
                actor?: string;
                /** @description Only what was about this application */
                app_id?: string;
                /** @description An operationId */
                operation?: string;
                /** @description Only what was done then or later */
                since?: string;
                /** @description The id of what was made or changed */
                target?: string;
                /** @description Only what was done before */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The records */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["AuditOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.authentication.app-portal-access": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AppPortalAccessIn"];
            };
        };
        responses: {
            /** @description The link and the token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppPortalAccessOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.authentication.expire-all": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                app_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplicationTokenExpireIn"];
            };
        };
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.authentication.logout": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.background-task.list": {
        parameters: {
            query?: {
                /** @description Only tasks of this application */
                app_id?: string;
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
                /** @description `paused` and `cancelled` are not part of Svix's API */
                status?: components["schemas"]["BackgroundTaskStatus"];
                task?: components["schemas"]["BackgroundTaskType"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tasks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_BackgroundTaskOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.background-task.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.background-task.cancel": {
        parameters: {
            query?: {
                /** @description Also takes back what it owed and was not sent yet: dead letters with the reason `cancelled` */
                withdraw?: boolean;
            };
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.background-task.pause": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.background-task.resume": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundTaskOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.event-type.list": {
        parameters: {
            query?: {
                /** @description Also those out of use */
                include_archived?: boolean;
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
                /** @description With their schemas */
                with_content?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of event types, by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_EventTypeOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.event-type.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventTypeIn"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.event-type.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_type_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event type */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.event-type.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_type_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventTypeUpdate"];
            };
        };
        responses: {
            /** @description Replaced */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeOut"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.event-type.delete": {
        parameters: {
            query?: {
                /** @description Remove it for good instead */
                expunge?: boolean;
            };
            header?: never;
            path: {
                event_type_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    patch_event_type: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                event_type_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventTypePatch"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypeOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.find": {
        parameters: {
            query?: {
                /** @description Look for uids within it */
                app_id?: string;
            };
            header?: never;
            path: {
                id_or_uid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.health.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.health.head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.instance.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process that answered */
            200: {
                headers: {
                    /** @description The process that answered; others keep their own */
                    "Posthorn-Process"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstanceOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.instance.patch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InstancePatch"];
            };
        };
        responses: {
            /** @description The process that answered */
            200: {
                headers: {
                    /** @description The process that answered; others keep their own */
                    "Posthorn-Process"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstanceOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.list": {
        parameters: {
            query?: {
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description The order of the items */
                order?: components["schemas"]["Ordering"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of endpoints */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_OperationalWebhookEndpointOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.create": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperationalWebhookEndpointIn"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationalWebhookEndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationalWebhookEndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperationalWebhookEndpointUpsertIn"];
            };
        };
        responses: {
            /** @description Replaced */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationalWebhookEndpointOut"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationalWebhookEndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description no content */
            204: {
                headers: {
                    /** @description How many deliveries were waiting and will not be sent; `100000+` for that many or more */
                    "Posthorn-Owed-Stopped"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    patch_operational_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperationalWebhookEndpointPatch"];
            };
        };
        responses: {
            /** @description Changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationalWebhookEndpointOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    list_operational_webhook_attempts: {
        parameters: {
            query?: {
                /** @description Only items from after, the oldest first page; not heeded with an iterator */
                after?: string;
                /** @description Only items from before; not heeded with an iterator */
                before?: string;
                /** @description Only messages with this channel */
                channel?: string;
                /** @description Only messages of these types: repeated, or joined by commas */
                event_types?: string[];
                /** @description The `iterator`, or for the page before, the `prevIterator` of an earlier answer */
                iterator?: string;
                /** @description How many items at most; 50 unless given */
                limit?: number;
                /** @description Only attempts with this outcome */
                outcome?: "delivered" | "retryable" | "permanent" | "gone" | "timeout" | "ambiguous" | "signature_error" | "endpoint_config_error" | "internal_error";
                /** @description Only attempts with this reason */
                reason?: string;
                /** @description Only attempts after which the delivery was this */
                settled_as?: "delivered" | "owed" | "dead" | "late";
                /** @description Only attempts of this status: 0 succeeded, 2 failed */
                status?: 0 | 1 | 2 | 3;
                /** @description Only attempts answered with a status of this class */
                status_code_class?: 0 | 100 | 200 | 300 | 400 | 500;
                /** @description Only messages with this tag */
                tag?: string;
                /** @description Only attempts of deliveries that came about so */
                trigger?: "scheduled" | "resend" | "replay" | "probe";
                /** @description With bodies and headers */
                with_content?: boolean;
            };
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of attempts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_MessageAttemptOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.get-headers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The headers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointHeadersOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.update-headers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointHeadersIn"];
            };
        };
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.patch-headers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointHeadersPatchIn"];
            };
        };
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    resend_operational_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                endpoint_id: string;
                msg_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmptyResponse"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.get-secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret, or the public key */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointSecretOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.operational-webhook.endpoint.rotate-secret": {
        parameters: {
            query?: never;
            header?: {
                /** @description The first answer to a key is given again to the same request for 24 hours; another request under it is answered 409 */
                "idempotency-key"?: string;
            };
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointSecretRotateIn"];
            };
        };
        responses: {
            /** @description no content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    list_operational_webhook_event_types: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All types */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListResponse_OperationalWebhookEventTypeOut_"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.overview.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The overview */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.overview.series": {
        parameters: {
            query?: {
                /** @description Only of this process: its `id` in the overview */
                process?: string;
                /** @description Only of processes that play this role */
                role?: string;
                /** @description From then on; unless given, an hour before `until` */
                since?: string;
                /** @description Made longer when it would be too many points */
                step_seconds?: number;
                /** @description Up to then; unless given, now */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The points, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewSeriesOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.overview.top": {
        parameters: {
            query: {
                /** @description What is counted */
                by: "events" | "failures" | "owed";
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those with most first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.portal.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The portal */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.portal-theme.get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The theme */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalTheme"] & unknown;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.portal-theme.update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PortalTheme"] & unknown;
            };
        };
        responses: {
            /** @description The theme */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalTheme"] & unknown;
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.tail.all": {
        parameters: {
            query?: {
                /** @description Only this application */
                app_id?: string;
                /** @description event, attempt, rejection, joined by commas; unless given, all */
                kinds?: string;
                /** @description Only what has this in its type or one of its ids */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happens, until somebody ends it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["TailStream"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
    "v1.authentication.whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmIOut"];
                };
            };
            /** @description Unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not Found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description Too Many Requests */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
            /** @description Not confirmed, or not available; retrying with the same Idempotency-Key is safe */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HttpErrorOut"];
                };
            };
        };
    };
}
