using Pith.Core.Sites;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Llama;

public sealed class OperandObserverTests
{
    private const int Tokens = 5;

    // Contractions of up to 50 numbers of order 1 in 2^-24 arithmetic.
    private const double Tolerance = 1e-5;

    private readonly LlamaConfig _config = TinyLlama.Config;
    private readonly MemoryTensorSource _source = TinyLlama.Weights(TinyLlama.Config);
    private readonly List<(string Name, float[] Rows, int Width)> _seen = [];

    [Fact]
    public void Observer_OneLayer_SeesEveryOperandInOrder()
    {
        Observe();
        string[] layer = ["attn.q", "attn.k", "attn.v", "attn.qk", "attn.qk right", "attn.av right", "attn.o", "mlp.gate", "mlp.up", "mlp.down"];
        Assert.Equal(
            Enumerable.Range(0, _config.Layers).SelectMany(index => layer.Select(name => $"layers.{index}.{name}")),
            _seen.Select(entry => entry.Name));
        Assert.Equal(_seen[0].Rows, _seen[1].Rows);
    }

    [Fact]
    public void Observer_Operands_AreThoseOfTheProducts()
    {
        Observe();
        var input = Rows("attn.q");
        Assert.Equal(Multiply(SiteKind.AttnV, input), Rows("attn.av right"), Near);

        // Position 0 is not rotated.
        Assert.Equal(Multiply(SiteKind.AttnQ, input)[.._config.QuerySize], Rows("attn.qk")[.._config.QuerySize], Near);
        Assert.Equal(Multiply(SiteKind.AttnK, input)[.._config.KvSize], Rows("attn.qk right")[.._config.KvSize], Near);
        var gate = Multiply(SiteKind.MlpGate, Rows("mlp.gate"));
        var up = Multiply(SiteKind.MlpUp, Rows("mlp.up"));
        Assert.Equal(gate.Zip(up, (g, u) => (float)(g / (1 + Math.Exp(-g)) * u)), Rows("mlp.down"), Near);
    }

    [Fact]
    public void Observer_Set_ChangesNothing()
    {
        var model = LlamaModel.Load(_config, _source);
        var tokens = TinyLlama.Tokens(_config, Tokens);
        var plain = model.CreateSession().Append(tokens, LogitRows.All).ToArray();
        Assert.Equal(plain, Observe());
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < Tolerance;

    private float[] Observe()
    {
        var session = LlamaModel.Load(_config, _source).CreateSession();
        session.Observer = (site, isRight, rows, width) =>
        {
            Assert.Equal(0, rows.Length % width);
            _seen.Add((site + (isRight ? " right" : ""), rows.ToArray(), width));
        };
        return session.Append(TinyLlama.Tokens(_config, Tokens), LogitRows.All).ToArray();
    }

    private float[] Rows(string name) => _seen.Single(entry => entry.Name == "layers.0." + name).Rows;

    private float[] Multiply(SiteKind kind, float[] rows)
    {
        var name = LlamaConfig.WeightName(new Site(0, kind));
        var weight = _source.Numbers(name);
        var inputs = _source.Tensors[name].Columns;
        return [.. rows.Chunk(inputs).SelectMany(row => weight.Chunk(inputs).Select(w => (float)w.Zip(row, (a, b) => (double)a * b).Sum()))];
    }
}
