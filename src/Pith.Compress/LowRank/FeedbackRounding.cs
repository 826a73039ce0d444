using Pith.Core.Formats;
using Pith.Kernels;
using Pith.Kernels.Algebra;
using Pith.Kernels.Formats;

namespace Pith.Compress.LowRank;

/// <summary>Rounds input after input and lets the later ones make up for the errors of the earlier ones (GPTQ, arXiv 2210.17323).</summary>
/// <remarks>With U·Uᵀ = R + δI, U upper triangular, ‖F·e‖² of a row's error e = w − q is Σ_j U[j, j]²·(e[j] + Σ_{i&lt;j} U[i, j]/U[j, j]·e[i])²: each term
/// is made small in turn by rounding w[j] + Σ_{i&lt;j} U[i, j]/U[j, j]·e[i]. That is GPTQ's update, without the inverse of R or its factor. The scale of
/// a block is chosen from the block as it stands when its turn comes; inside a block errors are passed on where the format allows single
/// elements to be rounded at a given scale (all but ggml's and @compat), else from block to block. Formats whose rounding does not repeat itself
/// (ggml's, nvfp4) may round the result once more when it is packed. Immutable, thread-safe.</remarks>
public sealed class FeedbackRounding : IWeightRounding
{
    /// <summary>δ as a share of the mean of R's diagonal, as GPTQ has it.</summary>
    public const double DefaultDamping = 0.01;

    // Inputs whose feedback is collected in one matrix product; about as many follow one by one.
    private const int PanelInputs = 128;

    private readonly FormatCodec codec;
    private readonly ScaledRounding? element;
    private readonly Matrix? feedback;
    private readonly int inputs;

    /// <summary>Prepares for all weights with the same input: n³/3 operations.</summary>
    /// <param name="format">The format; blocks run along the inputs.</param>
    /// <param name="scale">The scale of R. With a diagonal one nothing is passed on: the nearest values result.</param>
    /// <param name="workers">The threads to use.</param>
    /// <param name="damping">δ as a share of the mean of R's diagonal, ≥ 0.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public FeedbackRounding(
        NumberFormat format, ScaleMatrix scale, Workers workers, double damping = DefaultDamping, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentOutOfRangeException.ThrowIfNegative(damping);
        codec = FormatCodecs.For(format);
        element = ScaledRounding.For(format);
        feedback = scale.Feedback(damping, workers, cancellation);
        inputs = scale.Inputs;
    }

    /// <inheritdoc/>
    public float[] Round(ReadOnlyMemory<float> weight, int inputs, Workers workers, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (inputs != this.inputs)
            throw new ArgumentException($"expected {this.inputs} inputs, found {inputs}", nameof(inputs));
        if (feedback is null)
            return new NearestRounding(codec.Format).Round(weight, inputs, workers, cancellation);
        return new Pass(codec, element, feedback, weight, workers, cancellation).Run();
    }

    private sealed class Pass
    {
        private readonly FormatCodec codec;
        private readonly ScaledRounding? element;
        private readonly Matrix feedback;
        private readonly ReadOnlyMemory<float> weight;
        private readonly Workers workers;
        private readonly CancellationToken cancellation;
        private readonly int inputs;
        private readonly int outputs;
        private readonly int block;
        private readonly float parameter;
        private readonly float[] rounded;
        private readonly Matrix errors;

        public Pass(
            FormatCodec codec, ScaledRounding? element, Matrix feedback, ReadOnlyMemory<float> weight, Workers workers, CancellationToken cancellation)
        {
            (this.codec, this.element, this.feedback, this.weight) = (codec, element, feedback, weight);
            (this.workers, this.cancellation, inputs) = (workers, cancellation, feedback.Rows);
            parameter = NearestRounding.TensorParameter(codec, weight.Span, inputs);
            outputs = weight.Length / inputs;
            block = codec.Format.BlockSize == 0 ? 1 : codec.Format.BlockLength(inputs);
            rounded = new float[weight.Length];
            errors = new Matrix(outputs, inputs);
        }

        public float[] Run()
        {
            // A panel holds whole blocks, so that a block's scale sees all earlier errors.
            var width = (PanelInputs + block - 1) / block * block;
            for (var start = 0; start < inputs; start += width)
                RoundPanel(start, Math.Min(width, inputs - start));
            Repeat();
            return rounded;
        }

        private void RoundPanel(int start, int width)
        {
            // target = W + E·feedback over the earlier inputs; the panel's own follow row by row.
            var target = new Matrix(outputs, width);
            for (var row = 0; row < outputs; row++)
            {
                var from = weight.Span.Slice((row * inputs) + start, width);
                var to = target.Row(row);
                for (var j = 0; j < width; j++)
                    to[j] = from[j];
            }

            MatrixProduct.Add(
                target.View, 1, errors.View.Slice(0, outputs, 0, start), feedback.View.Slice(0, start, start, width), workers, cancellation: cancellation);
            workers.Run(outputs, 32L * outputs * width, (first, end) =>
            {
                for (var row = first; row < end; row++)
                    RoundRow(row, start, target.Row(row));
            });
        }

        private void RoundRow(int row, int start, Span<double> target)
        {
            var values = new float[Math.Min(block, target.Length)];
            for (var first = 0; first < target.Length; first += block)
            {
                var count = Math.Min(block, target.Length - first);
                var own = values.AsSpan(0, count);
                for (var j = 0; j < count; j++)
                    own[j] = (float)target[first + j];
                if (element is null || block == 1)
                    RoundWhole(row, start, first, own, target);
                else
                    RoundOneByOne(row, start, first, own, target);
            }
        }

        private void RoundOneByOne(int row, int start, int first, Span<float> own, Span<double> target)
        {
            var scale = element!.ChooseScale(own, parameter);
            for (var j = 0; j < own.Length; j++)
                Settle(row, start, first + j, element.Round((float)target[first + j], scale, parameter), target);
        }

        private void RoundWhole(int row, int start, int first, Span<float> own, Span<double> target)
        {
            codec.Round(own, own, parameter);
            for (var j = 0; j < own.Length; j++)
                Settle(row, start, first + j, own[j], target);
        }

        // Fixes one value and passes its error on to the rest of the panel.
        private void Settle(int row, int start, int index, float value, Span<double> target)
        {
            var input = start + index;
            var at = (row * inputs) + input;
            rounded[at] = value;
            var error = (double)weight.Span[at] - value;
            errors.Values[at] = error;
            var shares = feedback.Row(input).Slice(input + 1, target.Length - index - 1);
            var rest = target[(index + 1)..];
            for (var j = 0; j < shares.Length; j++)
                rest[j] += error * shares[j];
        }

        // Packing chooses scales anew; this makes the values the ones that packing gives.
        private void Repeat() => workers.Run(outputs, 8L * rounded.Length, (first, end) =>
        {
            for (var row = first; row < end; row++)
                codec.Round(rounded.AsSpan(row * inputs, inputs), rounded.AsSpan(row * inputs, inputs), parameter);
        });
    }
}
