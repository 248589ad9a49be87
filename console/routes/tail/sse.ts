export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Takes text as it arrives, in pieces of any size, and gives the events that became whole. Comments are heartbeats and give nothing. */
export function createEventParser(): (chunk: string) => ServerEvent[] {
  let rest = "";
  let event = "message";
  let data: string[] = [];
  return (chunk) => {
    const found: ServerEvent[] = [];
    rest += chunk;
    let from = 0;
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n", from)) {
      const line = rest.slice(from, rest.charCodeAt(end - 1) === 13 && end > from ? end - 1 : end);
      from = end + 1;
      if (line === "") {
        if (data.length > 0) found.push({ event, data: data.join("\n") });
        event = "message";
        data = [];
      } else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
      else if (line.startsWith("event:")) event = line.slice(6).trim();
    }
    rest = rest.slice(from);
    return found;
  };
}
