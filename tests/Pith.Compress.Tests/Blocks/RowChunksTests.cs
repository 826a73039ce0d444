using Pith.Compress.Blocks;

namespace Pith.Compress.Tests.Blocks;

public sealed class RowChunksTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 100_003, 2)]
    [InlineData(100_003, 1, 3)]
    [InlineData(997, 331, 1)]
    [InlineData(997, 331, 4)]
    public void Visit_AnyShape_EveryRowOnceInOrder(int rows, int columns, int threads)
    {
        using var source = new MemorySource(("w", [rows, columns], index => index));
        var chunks = RowChunks.Visit(source, source.Tensors["w"], threads, (first, values) => (first, Values: values.ToArray()), TestContext.Current.CancellationToken);

        Assert.All(chunks, chunk => Assert.Equal(0, chunk.Values.Length % columns));
        Assert.All(chunks, chunk => Assert.Equal(chunk.first * columns, (long)chunk.Values[0]));
        Assert.Equal(Enumerable.Range(0, rows * columns).Select(index => (float)index), chunks.SelectMany(chunk => chunk.Values));
    }

    [Fact]
    public void Visit_NoElements_VisitsNothing()
    {
        using var source = new MemorySource(("w", [0, 5], _ => 0));
        Assert.Empty(RowChunks.Visit(source, source.Tensors["w"], 2, (_, _) => 1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Visit_SeveralChunksFail_ThrowsTheFirst()
    {
        using var source = new MemorySource(("w", [1_000, 1_000], index => index));
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var error = Assert.Throws<InvalidDataException>(() => RowChunks.Visit<int>(
                source,
                source.Tensors["w"],
                threads: 4,
                (first, _) => first >= 300 ? throw new InvalidDataException($"{first}") : 0,
                TestContext.Current.CancellationToken));

            // Chunks of 65 rows: the first that starts at row 300 or later is the sixth.
            Assert.Equal("325", error.Message);
        }
    }

    [Fact]
    public void Visit_Cancelled_Stops()
    {
        using var source = new MemorySource(("w", [1_000, 1_000], index => index));
        using var stop = new CancellationTokenSource();
        var visited = 0;
        Assert.Throws<OperationCanceledException>(() => RowChunks.Visit(
            source,
            source.Tensors["w"],
            threads: 1,
            (_, _) =>
            {
                stop.Cancel();
                return ++visited;
            },
            stop.Token));
        Assert.Equal(1, visited);
    }
}
