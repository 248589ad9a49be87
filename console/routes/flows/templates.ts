export interface Template {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly text: string;
}

/** What a new flow may begin as. Each is valid as it stands, and says what to change. */
export const TEMPLATES: readonly Template[] = [
  {
    id: "blank",
    title: "Blank",
    note: "One step that computes a value",
    text: `posthorn: 1
flow: my-flow
title: My flow
steps:
  - id: hello
    map:
      greeting: { $: "'Hello, ' + string(input.name)" }
output: { $: steps.hello }
`,
  },
  {
    id: "fulfilment",
    title: "Order to fulfilment",
    note: "An approval above an amount, and a refund when what follows fails",
    text: `posthorn: 1
flow: order-fulfilment
title: Order to fulfilment
on:
  - event: order.created
hosts: [pay.example.com, warehouse.example.com]
steps:
  # Somebody looks at large orders; small ones go straight on.
  - id: large
    if: event.data.total > 500
    then:
      - id: look
        approve:
          title: { $: "'Ship order ' + string(event.data.id) + '?'" }
          details: { total: { $: event.data.total } }
        timeout: 2d
      - id: decided
        if: steps.look.approved != true
        then:
          - id: refused
            stop: {}
  - id: charge
    http:
      url: https://pay.example.com/charges
      body:
        order: { $: event.data.id }
        amount: { $: event.data.total }
    compensate:
      - id: refund
        http:
          url: https://pay.example.com/refunds
          body: { charge: { $: steps.charge.body.id } }
  - id: ship
    http:
      method: PUT
      url: { $: "'https://warehouse.example.com/orders/' + string(event.data.id)" }
      body: { items: { $: event.data.items } }
    retry: { attempts: 8, wait: 5s }
  - id: tell
    emit:
      type: order.shipped
      data: { order: { $: event.data.id } }
`,
  },
  {
    id: "abandoned-cart",
    title: "Abandoned cart",
    note: "Waits for a payment, and reminds when none comes",
    text: `posthorn: 1
flow: abandoned-cart
title: Abandoned cart
on:
  - event: cart.updated
control:
  debounce: { wait: 30m, key: event.data.cart }
steps:
  - id: paid
    wait_for_event:
      type: order.paid
      match: { key: event.data.cart, equals: trigger.event.data.cart }
    timeout: 1d
  - id: lost
    if: steps.paid.event == null
    then:
      - id: remind
        emit:
          type: cart.reminder
          data: { cart: { $: event.data.cart }, email: { $: event.data.email } }
`,
  },
  {
    id: "nightly",
    title: "Nightly reconciliation",
    note: "By the clock: asks for a list, and does something for each item",
    text: `posthorn: 1
flow: nightly-reconciliation
title: Nightly reconciliation
on:
  - schedule: "30 2 * * *"
    zone: Europe/Berlin
    missed: one
hosts: [bank.example.com]
steps:
  - id: list
    http: { url: https://bank.example.com/transfers }
  - id: each
    for_each: steps.list.body.transfers
    parallel: 4
    on_item_failure: continue
    do:
      - id: known
        http:
          url: { $: "'https://bank.example.com/transfers/' + string(item.id)" }
      - id: odd
        if: steps.known.body.state != 'settled'
        then:
          - id: tell
            emit:
              type: transfer.unsettled
              data: { id: { $: item.id } }
`,
  },
  {
    id: "chat",
    title: "Webhook to chat message",
    note: "Reshapes what comes in, and posts it with a secret",
    text: `posthorn: 1
flow: deploy-to-chat
title: Deploys, told in the chat
on:
  - event: deploy.finished
    if: event.data.environment == 'production'
hosts: [hooks.chat.example]
secrets: [chat_token]
steps:
  - id: post
    http:
      url: https://hooks.chat.example/messages
      headers: { Authorization: { $: "'Bearer ' + secrets.chat_token" } }
      body:
        text: { $: "event.data.service + ' ' + event.data.version + ' is live'" }
    on_failure:
      - id: unheard
        emit:
          type: chat.unreachable
          data: { why: { $: error.message } }
`,
  },
  {
    id: "fan-in",
    title: "Three sources at once",
    note: "Asks in parallel, and answers whoever waits",
    text: `posthorn: 1
flow: customer-card
title: Customer card
hosts: [crm.example.com, shop.example.com, help.example.com]
steps:
  - id: all
    parallel:
      crm:
        - id: contact
          http: { url: { $: "'https://crm.example.com/' + string(input.customer)" } }
      shop:
        - id: orders
          http: { url: { $: "'https://shop.example.com/orders/' + string(input.customer)" } }
      help:
        - id: tickets
          http: { url: { $: "'https://help.example.com/tickets/' + string(input.customer)" } }
  - id: answer
    respond:
      body:
        contact: { $: steps.all.crm.body }
        orders: { $: steps.all.shop.body }
        tickets: { $: steps.all.help.body }
`,
  },
];
