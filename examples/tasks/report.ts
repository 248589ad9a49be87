// `report`: a long task that says how far it is, and stops when it is told to.
import { task } from "posthorn/tasks";

export default task(
  { queue: "slow", concurrency: 2, timeout: "10m" },
  async (input: { readonly pages: number }, { signal, progress }) => {
    const lines: string[] = [];
    for (let page = 1; page <= input.pages; page++) {
      signal.throwIfAborted();
      lines.push(await render(page));
      progress({ page, of: input.pages });
    }
    return { lines: lines.length };
  },
);

async function render(page: number): Promise<string> {
  return `page ${page}`;
}
