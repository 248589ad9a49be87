import { afterAll } from "bun:test";
import { stopShared } from "./shared.ts";

afterAll(stopShared);
