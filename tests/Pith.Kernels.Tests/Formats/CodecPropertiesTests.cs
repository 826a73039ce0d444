using Pith.Core.Formats;
using Pith.Kernels.Formats;
using Pith.TestKit;

namespace Pith.Kernels.Tests.Formats;

/// <summary>Tests each cell of <see cref="CodecProperties.Table"/>: a "yes" on many rows, a "no" by finding a counterexample.</summary>
public sealed class CodecPropertiesTests
{
    private const string Page = "docs/reference/formats.md";

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, CodecProperties.Table.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Round_Twice_IsRoundOnceWhereTheTableSaysSo(int row) => Check(row, CodecProperties.Table[row].IsIdempotent, AllRows, (codec, source) =>
    {
        var parameter = codec.TensorParameter(source.Max(Math.Abs));
        var once = Round(codec, source, parameter);
        return Same(once, Round(codec, once, parameter));
    });

    [Theory]
    [MemberData(nameof(Rows))]
    public void Round_Block_KeepsOrderWhereTheTableSaysSo(int row) => Check(row, CodecProperties.Table[row].KeepsOrder, AllRows, (codec, source) =>
    {
        var rounded = Round(codec, source, codec.TensorParameter(source.Max(Math.Abs)));
        var length = codec.Format.BlockLength(source.Length);
        for (var start = 0; start < source.Length; start += length)
        {
            var count = Math.Min(length, source.Length - start);
            var (keys, values) = (source.AsSpan(start, count).ToArray(), rounded.AsSpan(start, count).ToArray());
            Array.Sort(keys, values);
            if (!values.SequenceEqual(values.Order()))
                return false;
        }

        return true;
    });

    [Theory]
    [MemberData(nameof(Rows))]
    public void Round_NegatedRow_IsNegatedWhereTheTableSaysSo(int row) => Check(row, CodecProperties.Table[row].IsOdd, AllRows, (codec, source) =>
    {
        var parameter = codec.TensorParameter(source.Max(Math.Abs));
        float[] negated = [.. source.Select(value => -value)];
        return Round(codec, source, parameter).Zip(Round(codec, negated, parameter)).All(pair => pair.First == -pair.Second);
    });

    [Theory]
    [MemberData(nameof(Rows))]
    public void Round_RowTimesAPowerOfTwo_IsScaledWhereTheTableSaysSo(int row) => Check(row, CodecProperties.Table[row].IsEquivariant, ModestRows, (codec, source) =>
    {
        var rounded = Round(codec, source, codec.TensorParameter(source.Max(Math.Abs)));
        foreach (var exponent in (int[])[-21, -1, 1, 20])
        {
            float[] scaled = [.. source.Select(value => MathF.ScaleB(value, exponent))];
            var again = Round(codec, scaled, codec.TensorParameter(scaled.Max(Math.Abs)));
            if (!Same(again, [.. rounded.Select(value => MathF.ScaleB(value, exponent))]))
                return false;
        }

        return true;
    });

    [Fact]
    public void Page_ShowsTheTable()
    {
        var page = File.ReadAllText(Repository.PathOf(Page));
        foreach (var properties in CodecProperties.Table)
            Assert.Contains(properties + "\n", page, StringComparison.Ordinal);
        Assert.Equal(CodecProperties.Table.Length, page.Split('\n').Count(line => line.EndsWith("yes |", StringComparison.Ordinal) || line.EndsWith("no |", StringComparison.Ordinal)));
    }

    // Finite rows of every kind.
    private static IEnumerable<float[]> AllRows() => Enumerable.Range(0, 60).SelectMany(seed => new[]
    {
        TestRows.Corners(160, seed),
        TestRows.Normal(100, 0.3, seed),
        TestRows.AnyFinite(64, seed),
        [.. TestRows.Normal(64, 1, seed).Select((value, i) => i < 16 ? value * 1e7f : value)],
    });

    // Numbers far from the ends of every scale.
    private static IEnumerable<float[]> ModestRows() => Enumerable.Range(0, 60).Select(seed => TestRows.Normal(100, 0.3, seed));

    private static void Check(int row, bool holds, Func<IEnumerable<float[]>> rows, Func<FormatCodec, float[], bool> law)
    {
        foreach (var name in CodecProperties.Table[row].Formats)
        {
            var codec = FormatCodecs.For(NumberFormat.Parse(name));
            var breaker = rows().FirstOrDefault(source => !law(codec, source));
            Assert.True(holds == breaker is null, holds ? $"{name} breaks it: {string.Join(' ', breaker ?? [])}" : $"{name}: found no counterexample");
        }
    }

    private static float[] Round(FormatCodec codec, float[] source, float parameter)
    {
        var rounded = new float[source.Length];
        codec.Round(source, rounded, parameter);
        return rounded;
    }

    private static bool Same(float[] left, float[] right) => left.AsSpan().SequenceEqual(right);
}
