using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;
using Pith.Kernels;
using Pith.Kernels.Ops;
using Pith.Models.Llama;

namespace Pith.Models.Blocks;

/// <summary>The products with the weights of a model's blocks, in the plan's formats, with the buffers of one run.</summary>
/// <remarks>A token's result does not depend on the tokens beside it, nor on the threads. Not thread-safe.</remarks>
internal sealed class SiteProducts(ModelConfig config, BlockLayer[] layers, Plan plan, Workers workers)
{
    private readonly IntegerInputs integers = new();

    // By layer, then by kind of product: what the plan says, looked up once.
    private readonly SiteOperands[] operands = SiteOperands.Of(config, plan);
    private float[] rounded = [];

    /// <summary>What the plan says about one product.</summary>
    public ref readonly SiteOperands Operands(int layer, SiteKind kind) => ref SiteOperands.At(operands, layer, kind);

    /// <summary>Multiplies one input with the weights of some sites and adds their biases, rounding it once for each run of equal formats.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="kinds">Sites with one input.</param>
    /// <param name="input">[count, inputs].</param>
    /// <param name="count">Tokens.</param>
    /// <param name="outputs">[count, outputs] for each site.</param>
    /// <param name="observer">Sees the input before it is rounded; null for nobody.</param>
    /// <param name="stop">Stops between two products.</param>
    public void Multiply(
        int layer,
        ReadOnlySpan<SiteKind> kinds,
        float[] input,
        int count,
        ReadOnlySpan<float[]> outputs,
        OperandObserver? observer,
        CancellationToken stop)
    {
        NumberFormat? current = null;
        var block = layers[layer];
        for (var i = 0; i < kinds.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            var site = new Site(layer, kinds[i]);
            var index = block.IndexOf(kinds[i]);
            var weight = block.Weights[index];
            var format = Operands(layer, kinds[i]).Left;
            var codec = Operands(layer, kinds[i]).LeftCodec;
            observer?.Invoke(site, isRight: false, input.AsSpan(0, count * weight.Inputs), weight.Inputs);
            if (!integers.TryMultiply(site, weight, format, input, count, outputs[i], isNew: i == 0, workers))
            {
                if (codec is not null && format != current)
                {
                    if (rounded.Length < count * weight.Inputs)
                        rounded = new float[checked(count * weight.Inputs)];
                    EachRow(input, count, weight.Inputs, (Codec: codec, Rounded: rounded, Site: site), static (work, row, t) =>
                        OperandRounding.Round(work.Codec, row.Span, work.Rounded.AsSpan(t * row.Length, row.Length), work.Site));
                    current = format;
                }

                weight.Multiply(codec is null ? input : rounded, count, outputs[i], workers);
            }

            var bias = block.Biases[index];
            for (var t = 0; bias.Length > 0 && t < count; t++)
            {
                var row = outputs[i].AsSpan(t * bias.Length, bias.Length);
                Elementwise.Add(row, bias, row);
            }
        }
    }

    /// <summary>Calls <paramref name="body"/> with each of the rows [count, width] and its index, from any thread.</summary>
    /// <remarks>The body is static and gets what it needs, so that a token allocates nothing.</remarks>
    public void EachRow<TState>(Memory<float> rows, int count, int width, TState state, Action<TState, Memory<float>, int> body) =>
        workers.Run(count, 8L * count * width, (Rows: rows, Width: width, State: state, Body: body), static (work, first, end) =>
        {
            for (var t = first; t < end; t++)
                work.Body(work.State, work.Rows.Slice(t * work.Width, work.Width), t);
        });
}
