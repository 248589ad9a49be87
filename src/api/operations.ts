// What is behind `loadApi`.
export { createApi } from "./app.ts";
export { applicationFrom } from "./routes/applications.ts";
