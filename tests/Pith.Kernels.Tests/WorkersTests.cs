using CsCheck;

namespace Pith.Kernels.Tests;

public sealed class WorkersTests
{
    [Fact]
    public void Run_AnyCounts_CoversEveryItemOnce() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[1, 9], Gen.Int[0, 2]).Sample((items, threads, size) =>
        {
            var seen = new int[items];
            new Workers(threads).Run(items, size * 1_000_000L, (first, end) =>
            {
                for (var i = first; i < end; i++)
                    Interlocked.Increment(ref seen[i]);
            });
            return Array.TrueForAll(seen, count => count == 1);
        });

    [Fact]
    public void Run_BodyThrows_ThrowsTheSameAndCanRunAgain()
    {
        var workers = new Workers(3);
        var failure = Assert.Throws<InvalidDataException>(() =>
            workers.Run(100, long.MaxValue, (first, _) => throw new InvalidDataException($"{first}")));
        Assert.NotNull(failure.StackTrace);
        var sum = 0;
        workers.Run(100, long.MaxValue, (first, end) => Interlocked.Add(ref sum, end - first));
        Assert.Equal(100, sum);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Threads_OutOfRange_IsRefused(int threads) => Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(threads));
}
