// A program: unpacks the browser that npm brought into the folder that TMPDIR names. The package asks the environment where and what to
// unpack, so it runs as a process of its own, with an environment of its own.
import chromium from "@sparticuz/chromium";

await chromium.executablePath();
