import { loadApi } from "#api";

/** `console/api/schema.d.ts`: the API's document as TypeScript, which the console's client is typed by. */
export async function consoleTypes(): Promise<string> {
  const { openApiDocument } = await loadApi();
  // The generator wants TypeScript 5, which stands beside it in the console's workspace.
  const { default: openapiTs, astToString } = await import("../console/node_modules/openapi-typescript/dist/index.mjs");
  const document = JSON.parse(JSON.stringify(openApiDocument("0.0.0")));
  const made = astToString(await openapiTs(document, { alphabetize: true, defaultNonNullable: false }));
  return `// Made from the API's document by \`npm run generate\`; \`npm run check\` verifies that it is current.\n${made}`;
}
