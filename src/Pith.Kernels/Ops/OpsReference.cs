namespace Pith.Kernels.Ops;

/// <summary>The plain scalar forms of the operations, in double precision inside: the oracles of the fast ones.</summary>
/// <remarks>Thread-safe.</remarks>
public static class OpsReference
{
    /// <summary>y_i = g_i · x_i / √(mean(x²) + ε).</summary>
    /// <param name="x">[n].</param>
    /// <param name="gain">g, [n]; all one when empty.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">[n].</param>
    public static void RmsNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> gain, float epsilon, Span<float> y)
    {
        var squares = 0.0;
        foreach (var value in x)
            squares += (double)value * value;
        var root = Math.Sqrt((squares / x.Length) + epsilon);
        for (var i = 0; i < x.Length; i++)
            y[i] = (float)(x[i] / root * (gain.IsEmpty ? 1 : gain[i]));
    }

    /// <summary>y_i = g_i · (x_i - μ) / √(σ² + ε) + b_i.</summary>
    /// <param name="x">[n].</param>
    /// <param name="gain">g, [n]; all one when empty.</param>
    /// <param name="bias">b, [n]; zero when empty.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="y">[n].</param>
    public static void LayerNorm(ReadOnlySpan<float> x, ReadOnlySpan<float> gain, ReadOnlySpan<float> bias, float epsilon, Span<float> y)
    {
        double mean = 0, variance = 0;
        foreach (var value in x)
            mean += (double)value / x.Length;
        foreach (var value in x)
            variance += (value - mean) * (value - mean) / x.Length;
        for (var i = 0; i < x.Length; i++)
            y[i] = (float)(((x[i] - mean) / Math.Sqrt(variance + epsilon) * (gain.IsEmpty ? 1 : gain[i])) + (bias.IsEmpty ? 0 : bias[i]));
    }

    /// <summary>x_i becomes max(x_i, 0).</summary>
    /// <param name="x">[n].</param>
    public static void Relu(Span<float> x)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = Math.Max(x[i], 0);
    }

    /// <summary>x_i becomes x_i · (1 + erf(x_i/√2)) / 2.</summary>
    /// <param name="x">[n].</param>
    public static void Gelu(Span<float> x)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)(x[i] * (1 + Erf(x[i] / Math.Sqrt(2))) / 2);
    }

    /// <summary>x_i becomes x_i · (1 + tanh(√(2/π) · (x_i + 0.044715 · x_i³))) / 2.</summary>
    /// <param name="x">[n].</param>
    public static void GeluTanh(Span<float> x)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)(x[i] * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x[i] + (0.044715 * Math.Pow(x[i], 3))))) / 2);
    }

    /// <summary>x_i becomes exp(scale·x_i) / Σ_j exp(scale·x_j).</summary>
    /// <param name="x">[n].</param>
    /// <param name="scale">Factor of the scores.</param>
    public static void Softmax(Span<float> x, float scale = 1)
    {
        var largest = double.NegativeInfinity;
        foreach (var value in x)
            largest = Math.Max(largest, (double)value * scale);
        var sum = 0.0;
        foreach (var value in x)
            sum += Math.Exp(((double)value * scale) - largest);
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)(Math.Exp(((double)x[i] * scale) - largest) / sum);
    }

    /// <summary>g_i becomes g_i / (1 + e^-g_i) · u_i.</summary>
    /// <param name="gate">g, [n].</param>
    /// <param name="up">u, [n].</param>
    public static void SwiGlu(Span<float> gate, ReadOnlySpan<float> up)
    {
        for (var i = 0; i < gate.Length; i++)
            gate[i] = (float)(gate[i] / (1 + Math.Exp(-(double)gate[i])) * up[i]);
    }

    /// <summary>Rotates the pairs (x_i, x_{i+n/2}) by position · θ^(-2i/n).</summary>
    /// <param name="head">[n].</param>
    /// <param name="position">The token's position.</param>
    /// <param name="theta">Base of the frequencies.</param>
    public static void Rotary(Span<float> head, int position, double theta)
    {
        var half = head.Length / 2;
        for (var i = 0; i < half; i++)
        {
            var (sine, cosine) = Math.SinCos(position * Math.Pow(theta, -2.0 * i / head.Length));
            double a = head[i], b = head[i + half];
            head[i] = (float)((a * cosine) - (b * sine));
            head[i + half] = (float)((b * cosine) + (a * sine));
        }
    }

    /// <summary>Attention, causal or over a fixed number of positions, with grouped key and value heads, without padding or rounding.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="queries">[tokens, heads, head size].</param>
    /// <param name="keys">[positions, kv heads, head size].</param>
    /// <param name="values">[positions, kv heads, head size].</param>
    /// <param name="output">[tokens, heads, head size].</param>
    public static void Attention(
        AttentionShape shape, ReadOnlySpan<float> queries, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, Span<float> output)
    {
        var size = shape.HeadSize;
        for (var t = 0; t < shape.Tokens; t++)
        {
            for (var head = 0; head < shape.Heads; head++)
            {
                var kvHead = head / (shape.Heads / shape.KvHeads);
                var q = queries.Slice(((t * shape.Heads) + head) * size, size);
                var position = shape.FirstPosition + t;
                var first = shape.FirstSeen(position);
                var weights = new double[shape.EndSeen(position) - first];
                for (var j = 0; j < weights.Length; j++)
                    weights[j] = Dot(q, keys.Slice((((first + j) * shape.KvHeads) + kvHead) * size, size)) / Math.Sqrt(size);
                var largest = weights.Max();
                for (var j = 0; j < weights.Length; j++)
                    weights[j] = Math.Exp(weights[j] - largest);
                var sum = weights.Sum();
                for (var c = 0; c < size; c++)
                {
                    var mixed = 0.0;
                    for (var j = 0; j < weights.Length; j++)
                        mixed += weights[j] / sum * values[((((first + j) * shape.KvHeads) + kvHead) * size) + c];
                    output[(((t * shape.Heads) + head) * size) + c] = (float)mixed;
                }
            }
        }
    }

    // 2/√π · e^(-x²) · Σ 2^n x^(2n+1) / (1 · 3 ⋯ (2n+1)): Abramowitz and Stegun 7.1.6. All terms have one sign, so nothing cancels.
    private static double Erf(double x)
    {
        const double EqualsOneFrom = 6;
        if (!(Math.Abs(x) < EqualsOneFrom))
            return double.IsNaN(x) ? x : Math.Sign(x);
        double term = x, sum = x;
        for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
