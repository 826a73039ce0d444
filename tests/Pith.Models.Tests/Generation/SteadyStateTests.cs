using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Models.Generation;
using Pith.Models.Llama;
using Pith.TestKit;

namespace Pith.Models.Tests.Generation;

public sealed class SteadyStateTests
{
    private const int Warming = 70;
    private const int Tokens = 50;

    // The cache has grown to 128 tokens by then; the threads of the pool are not needed for a model as small.
    [Theory]
    [InlineData(null, 0)]
    [InlineData(null, 0.8)]
    [InlineData("bfp6:16", 0)]
    public void Append_OneTokenAfterAnother_AllocatesNothing(string? format, double temperature)
    {
        var config = TinyLlama.Config with { ContextLength = 256 };
        var model = TinyLlama.Model(config);
        if (format is not null)
            model = model.WithPlan(Plan.Uniform(config.Sites.Select(shape => shape.Site), NumberFormat.Parse(format), NumberFormat.Parse(format)));
        var session = model.CreateSession(workers: Workers.Single);
        var sampler = new Sampler(new SamplingOptions { Temperature = temperature, TopP = 0.9 });
        var token = Draw(session, sampler, 1, Warming);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Draw(session, sampler, token, Tokens);
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(0, after - before);
    }

    private static int Draw(LlamaSession session, Sampler sampler, int token, int count)
    {
        for (var i = 0; i < count; i++)
            token = sampler.Next(session.Append([token]).Span);
        return token;
    }
}
