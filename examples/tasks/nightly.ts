// `nightly`: a task by the clock. However many workers declare it, each night has one.
import { task } from "posthorn/tasks";

export default task(
  { schedule: { cron: "30 3 * * *", zone: "Europe/Berlin", input: { days: 30 } } },
  async (input: { readonly days: number }, { log }) => {
    log.info("Cleaning up.", { olderThanDays: input.days });
    return { removed: 0 };
  },
);
