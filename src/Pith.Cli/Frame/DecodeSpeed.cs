using System.Diagnostics;
using System.Numerics.Tensors;
using Pith.Kernels;
using Pith.Models;

namespace Pith.Cli.Frame;

/// <summary>Measures how fast a model generates, one token after the other.</summary>
internal static class DecodeSpeed
{
    private const int Tokens = 32;
    private const int Runs = 3;

    private static readonly TimeSpan time = TimeSpan.FromSeconds(0.25);

    /// <summary>Tokens a second of the fastest of some runs: other work on the machine only ever makes one slower.</summary>
    /// <param name="model">The model.</param>
    /// <param name="first">The first token.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="cancellation">Stops between two products.</param>
    public static double Measure(CausalModel model, int first, Workers workers, CancellationToken cancellation)
    {
        var session = model.CreateSession(Tokens, workers);
        var best = TimeSpan.MaxValue;
        var begin = Stopwatch.GetTimestamp();
        for (var run = 0; run < Runs || Stopwatch.GetElapsedTime(begin) < time; run++)
        {
            session.Truncate(0);
            var token = first;
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Tokens; i++)
                token = TensorPrimitives.IndexOfMax(session.Append([token], cancellation: cancellation).Span);
            var elapsed = Stopwatch.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        return Tokens / best.TotalSeconds;
    }
}
