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
        Run(items, operations, body, static (body, first, end) => body(first, end));
    }

    /// <summary>The same for work that runs often: with a static <paramref name="body"/> a call allocates nothing once the first has run.</summary>
    /// <param name="items">Number of independent items.</param>
    /// <param name="operations">About how many multiplications the whole work has; little work stays on the calling thread.</param>
    /// <param name="state">What the body works on.</param>
    /// <param name="body">Called with the state, the first item and the end of a range (exclusive). Its first exception is thrown again here.</param>
    public void Run<TState>(int items, long operations, TState state, Action<TState, int, int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (items <= 0)
            return;
        var threads = (int)Math.Min(Math.Min(Threads, items), Math.Max(1, operations / SmallestShare));
        if (threads == 1)
            body(state, 0, items);
        else
            Job<TState>.Run(threads, items, Math.Min(items, threads * PartsPerThread), state, body);
    }

    private sealed class Job<TState> : IThreadPoolWorkItem
    {
        private const int SpinsBeforeSleep = 50;

        // The last job of this thread: taken again once no thread of the pool can still look at it.
        [ThreadStatic]
        private static Job<TState>? spare;

        private readonly object finished = new();
        private ExceptionDispatchInfo? failure;
        private Action<TState, int, int>? body;
        private TState? state;
        private int items;
        private int parts;
        private int taken;
        private int done;
        private int queued;

        public static void Run(int threads, int items, int parts, TState state, Action<TState, int, int> body)
        {
            var job = spare is { } last && Volatile.Read(ref last.queued) == 0 ? last : new Job<TState>();
            spare = null;
            (job.items, job.parts, job.state, job.body) = (items, parts, state, body);
            (job.failure, job.taken, job.done, job.queued) = (null, 0, 0, threads - 1);
            for (var other = 1; other < threads; other++)
                ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
            job.Work();
            job.Wait();
            var thrown = job.failure;
            (job.failure, job.state, job.body) = (null, default, null);
            spare = job;
            thrown?.Throw();
        }

        void IThreadPoolWorkItem.Execute()
        {
            Work();
            Interlocked.Decrement(ref queued);
        }

        // State and body are read only with a part in hand: whoever comes when all are taken sees neither.
        private void Work()
        {
            int part;
            while ((part = Interlocked.Increment(ref taken) - 1) < parts)
            {
                try
                {
                    if (failure is null)
                        body!(state!, (int)((long)items * part / parts), (int)((long)items * (part + 1) / parts));
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

        private void Wait()
        {
            var spinner = default(SpinWait);
            while (Volatile.Read(ref done) < parts && spinner.Count < SpinsBeforeSleep)
                spinner.SpinOnce(sleep1Threshold: -1);
            if (Volatile.Read(ref done) == parts)
                return;
            lock (finished)
            {
                while (Volatile.Read(ref done) < parts)
                    Monitor.Wait(finished);
            }
        }
    }
}
