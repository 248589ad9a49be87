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
        try {
          if (!(await stillAllowed())) throw new Error("The token of this answer is good no more");
        } catch (error) {
          // Also when nobody can tell (the database is away): a stream that failed is not cancelled by who reads it.
          await reader.cancel(error);
          throw error;
        }
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is made ahead of who reads.
    { highWaterMark: 0 },
  );
}
