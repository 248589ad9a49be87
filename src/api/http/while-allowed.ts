/**
 * An answer that goes on for as long as its token is good: asked before each part is handed on, so that nothing is told after
 * a revocation that was known. It breaks off then, and whoever reads it comes again and is answered 401.
 */
export function whileAllowed(
  stream: ReadableStream<Uint8Array>,
  stillAllowed: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        if (await stillAllowed()) return controller.enqueue(value);
        await reader.cancel();
        controller.error(new Error("The token of this answer is good no more"));
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is made ahead of who reads.
    { highWaterMark: 0 },
  );
}
