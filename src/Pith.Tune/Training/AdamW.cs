using TorchSharp;
using static TorchSharp.torch;

namespace Pith.Tune.Training;

/// <summary>Adam with decoupled weight decay on the matrices (Loshchilov and Hutter 2019), with the moments in reach for saving.</summary>
/// <remarks>Parameters are updated independently of one another, so the result does not depend on the number of threads.</remarks>
internal sealed class AdamW : IDisposable
{
    private readonly Tensor[] _weights;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private readonly TrainingOptions _options;

    public AdamW(IEnumerable<Tensor> weights, TrainingOptions options)
    {
        _weights = [.. weights];
        _options = options;
        _first = [.. _weights.Select(weight => zeros_like(weight, requires_grad: false).DetachFromDisposeScope())];
        _second = [.. _weights.Select(weight => zeros_like(weight, requires_grad: false).DetachFromDisposeScope())];
    }

    /// <summary>Updates every weight from the sum of the micro-batches' gradients.</summary>
    /// <param name="gradients">[micro-batch][weight]; added in this order, then scaled.</param>
    /// <param name="step">1 for the first update (bias correction).</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="threads">Worker threads.</param>
    public void Step(IReadOnlyList<IList<Tensor>> gradients, int step, double rate, int threads)
    {
        var norms = new double[_weights.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Parallel.For(0, _weights.Length, parallel, i =>
        {
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var sum = gradients[0][i];
            for (var b = 1; b < gradients.Count; b++) sum.add_(gradients[b][i]);
            sum.mul_(1.0 / gradients.Count);
            norms[i] = sum.square().sum(float64).item<double>();
        });
        var norm = Math.Sqrt(norms.Sum());
        var scale = norm > _options.GradientClip ? _options.GradientClip / norm : 1;
        // Bias-corrected: m / (1 - β1^t) and √(v / (1 - β2^t)), folded into one factor and the addend under the root.
        var correction1 = 1 - Math.Pow(_options.Beta1, step);
        var root2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, step));
        Parallel.For(0, _weights.Length, parallel, i =>
        {
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var gradient = gradients[0][i].mul_(scale);
            _first[i].mul_(_options.Beta1).add_(gradient, 1 - _options.Beta1);
            _second[i].mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);
            var denominator = _second[i].sqrt().div_(root2).add_(_options.AdamEpsilon);
            if (_weights[i].dim() > 1) _weights[i].mul_(1 - rate * _options.WeightDecay);
            _weights[i].addcdiv_(_first[i], denominator, -rate / correction1);
        });
    }

    /// <summary>Copies weights and moments out, three arrays a weight.</summary>
    public List<float[]> Read() =>
        [.. Enumerable.Range(0, _weights.Length).SelectMany(i => new[] { _weights[i], _first[i], _second[i] })
            .Select(tensor => tensor.data<float>().ToArray())];

    /// <summary>Puts weights and moments back.</summary>
    public void Write(IReadOnlyList<float[]> arrays)
    {
        using var quiet = no_grad();
        for (var i = 0; i < _weights.Length; i++)
        {
            Copy(arrays[3 * i], _weights[i]);
            Copy(arrays[3 * i + 1], _first[i]);
            Copy(arrays[3 * i + 2], _second[i]);
        }
    }

    public void Dispose()
    {
        foreach (var moment in _first.Concat(_second)) moment.Dispose();
    }

    private static void Copy(float[] values, Tensor target)
    {
        using var scope = NewDisposeScope();
        target.copy_(tensor(values, target.shape, float32));
    }
}
