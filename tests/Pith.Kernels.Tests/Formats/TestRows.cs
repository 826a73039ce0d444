using Pith.Core.Formats;

namespace Pith.Kernels.Tests.Formats;

/// <summary>Rows of numbers that reach the corners of codecs.</summary>
internal static class TestRows
{
    /// <summary>Normal numbers with a standard deviation, from a seed.</summary>
    public static float[] Normal(int count, double deviation, int seed)
    {
        var random = new Random(seed);
        var row = new float[count];
        for (var i = 0; i < count; i++)
        {
            // Box-Muller; 1 - u avoids the logarithm of zero.
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            row[i] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return row;
    }

    /// <summary>A row whose blocks have very different magnitudes: zeros, powers of two, ties, subnormals, the largest floats.</summary>
    public static float[] Corners(int count, int seed)
    {
        var random = new Random(seed);
        var row = new float[count];
        for (var start = 0; start < count; start += 16)
        {
            var kind = random.Next(12);
            var exponent = random.Next(-20, 20);
            for (var i = start; i < Math.Min(start + 16, count); i++)
                row[i] = Corner(random, kind, exponent);
        }

        return row;
    }

    /// <summary>Any finite float, all bit patterns alike.</summary>
    public static float[] AnyFinite(int count, int seed)
    {
        var random = new Random(seed);
        var row = new float[count];
        for (var i = 0; i < count; i++)
        {
            do
                row[i] = BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32));
            while (!float.IsFinite(row[i]));
        }

        return row;
    }

    /// <summary>Importances: positive, a few of them zero.</summary>
    public static float[] Importance(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(8) == 0 ? 0 : random.NextSingle() * 10)];
    }

    private static float Corner(Random random, int kind, int exponent) => kind switch
    {
        0 => 0,
        1 => Sign(random) * MathF.ScaleB(1, exponent),
        2 => Sign(random) * MathF.ScaleB(random.Next(64) / 16f, exponent), // ties of narrow elements
        3 => Sign(random) * MathF.ScaleB(random.Next(4096) / 64f, exponent),
        4 => Sign(random) * MathF.BitDecrement(MathF.ScaleB(1, exponent + random.Next(3))),
        5 => Sign(random) * MathF.BitIncrement(MathF.ScaleB(1.5f, exponent + random.Next(3))),
        6 => Sign(random) * BitConverter.Int32BitsToSingle(random.Next(1 << 23)), // subnormal
        7 => Sign(random) * BitConverter.Int32BitsToSingle(random.Next(1 << 26)), // near the smallest normal numbers
        8 => Sign(random) * float.MaxValue * random.NextSingle(),
        9 => random.Next(4) == 0 ? float.MaxValue : -MathF.ScaleB(1, 127),
        10 => random.Next(16) == 0 ? MathF.ScaleB(1, exponent) : MathF.ScaleB(random.NextSingle(), exponent - 6), // an outlier
        _ => Sign(random) * MathF.ScaleB(random.NextSingle(), exponent),
    };

    private static float Sign(Random random) => random.Next(2) == 0 ? -1 : 1;
}
