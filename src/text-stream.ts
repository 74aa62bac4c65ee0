// Long answers of the admin API, made while they are read.

/** Text as it is asked for, so that an export is never in memory as a whole. */
export const streamOf = (
  text: AsyncGenerator<string>,
  onFault: (error: unknown) => void,
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await text.next();
          if (done === true) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          onFault(error);
          // The status is long sent: a cut connection and the missing end say that this is no export.
          controller.error(error);
        }
      },
      cancel: async () => {
        await text.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
};
