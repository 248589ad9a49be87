// What is behind `loadApi`.
export { createApi } from "./app.ts";
export { openApiDocument } from "./openapi.ts";
export { applicationFrom } from "./routes/applications.ts";
