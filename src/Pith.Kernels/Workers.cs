using System.Runtime.ExceptionServices;

namespace Pith.Kernels;

/// <summary>Runs the parts of one piece of work on a given number of threads: the one place where kernels become parallel.</summary>
/// <remarks>The calling thread takes part and the others come from the thread pool, so a call never waits for a thread to become
/// free. Which thread computes which part is not defined; kernels compute every number in one fixed order wherever it
/// falls, so results do not depend on <see cref="Threads"/>. Do not call <see cref="Run"/> from inside a part. Immutable, hence thread-safe.</remarks>
public sealed class Workers
{
    // Below about 10 µs of arithmetic a hand-over costs more than it saves.
    private const long SmallestShare = 40_000;

    // More parts than threads, so that a thread which is held up by other programs does not hold up the rest.
    private const int PartsPerThread = 4;

    /// <summary>Creates a group.</summary>
    /// <param name="threads">Threads that may work at once, the caller included; 1 … 1024.</param>
    public Workers(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 1024);
        Threads = threads;
    }

    /// <summary>The calling thread alone.</summary>
    public static Workers Single { get; } = new(1);

    /// <summary>One thread for each processor.</summary>
    public static Workers All { get; } = new(Environment.ProcessorCount);

    /// <summary>Threads that may work at once, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Splits 0 … <paramref name="items"/>-1 into ranges and runs <paramref name="body"/> on each; returns when all are done.</summary>
    /// <param name="items">Number of independent items.</param>
    /// <param name="operations">About how many multiplications the whole work has; little work stays on the calling thread.</param>
    /// <param name="body">Called with the first item and the end of a range (exclusive). Its first exception is thrown again here.</param>
    public void Run(int items, long operations, Action<int, int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (items <= 0)
            return;
        var threads = (int)Math.Min(Math.Min(Threads, items), Math.Max(1, operations / SmallestShare));
        if (threads == 1)
        {
            body(0, items);
            return;
        }

        var job = new Job(body, items, Math.Min(items, threads * PartsPerThread));
        for (var other = 1; other < threads; other++)
            ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        job.Execute();
        job.Wait();
    }

    private sealed class Job(Action<int, int> body, int items, int parts) : IThreadPoolWorkItem
    {
        private const int SpinsBeforeSleep = 50;

        private readonly object finished = new();
        private ExceptionDispatchInfo? failure;
        private int taken;
        private int done;

        public void Execute()
        {
            int part;
            while ((part = Interlocked.Increment(ref taken) - 1) < parts)
            {
                try
                {
                    if (failure is null)
                        body((int)((long)items * part / parts), (int)((long)items * (part + 1) / parts));
                }
                catch (Exception exception) // carried to the calling thread
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                }

                if (Interlocked.Increment(ref done) == parts)
                {
                    lock (finished)
                        Monitor.PulseAll(finished);
                }
            }
        }

        public void Wait()
        {
            var spinner = default(SpinWait);
            while (Volatile.Read(ref done) < parts && spinner.Count < SpinsBeforeSleep)
                spinner.SpinOnce(sleep1Threshold: -1);
            lock (finished)
            {
                while (Volatile.Read(ref done) < parts)
                    Monitor.Wait(finished);
            }

            failure?.Throw();
        }
    }
}
