using System.Diagnostics;
using Pith.Core.Diagnostics;
using Pith.Kernels.Conversions;
using Pith.Models.Checkpoints;
using Pith.Tune.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace Pith.Tune.Training;

/// <summary>Trains a Llama-shaped model on a token stream, from nothing or from given weights.</summary>
/// <remarks>A batch is cut into micro-batches, each computed by one thread of its own with torch itself single-threaded, and their
/// gradients are added in a fixed order. So threads never wait for one another inside an operation, and the result is the same for every
/// number of threads. It may differ between CPUs and torch versions, whose matrix products add in other orders.</remarks>
public sealed class Trainer
{
    private readonly TrainingOptions _options;
    private readonly TokenBlocks _blocks;
    private readonly int _threads;
    private readonly string? _statePath;
    private readonly string _fingerprint;
    private int _pass = -1;
    private int[] _order = [];

    /// <summary>Prepares a run.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="blocks">The text; ids below the shape's vocabulary size.</param>
    /// <param name="threads">Worker threads; at least 1.</param>
    /// <param name="statePath">Where the state is kept; null keeps none.</param>
    /// <param name="digest">What identifies text, tokenizer and given weights, so that a state is not resumed with others.</param>
    public Trainer(TrainingOptions options, TokenBlocks blocks, int threads, string? statePath = null, string digest = "")
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        options.Validate();
        _options = options;
        _blocks = blocks;
        _threads = threads;
        _statePath = statePath;
        _fingerprint = $"{options.ToFingerprint()} {digest}";
    }

    /// <summary>Starting weights by hub name; drawn from the seed when null.</summary>
    public IReadOnlyDictionary<string, float[]>? Start { get; init; }

    /// <summary>How often the state is saved during a run.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Trains to the end, from the saved state if asked to and there is one.</summary>
    /// <param name="resume">Whether to go on from the saved state.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Stops between two micro-batches; the state as of the last whole step is saved first.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the state is saved.</exception>
    /// <exception cref="PithException">The state does not fit, or the loss is no longer a number.</exception>
    public TrainingResult Run(bool resume, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        set_num_threads(1);
        var start = Start ?? LlamaInitialization.Draw(_options.Model, _options.Seed);
        using var model = new TorchLlama(_options.Model, start, trainable: true, _options.Plan);
        Tensor[] weights = [.. model.Weights.Values];
        Tensor[] parameters = [.. model.Parameters];
        using var optimizer = new AdamW(weights, _options);
        var state = new TrainingState();
        if (resume && _statePath is not null && File.Exists(_statePath))
        {
            var sizes = weights.SelectMany(weight => Enumerable.Repeat(checked((int)weight.numel()), 3)).ToList();
            state = TrainingState.Load(_statePath, _fingerprint, sizes);
            optimizer.Write(state.Arrays);
            model.RoundWeights(_threads);
        }

        var lastSave = Stopwatch.GetTimestamp();
        var speed = new SpeedMeter();
        try
        {
            while (state.Step < _options.Steps)
            {
                var began = Stopwatch.GetTimestamp();
                var loss = Step(model, parameters, optimizer, state.Step, cancellation);
                state.Step++;
                state.Losses.Add(loss);
                var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
                state.Seconds += seconds;
                if (!float.IsFinite(loss))
                    throw new PithException(TuneErrors.Diverged, $"Expected a finite loss, found {loss} at step {state.Step}.");
                var rate = speed.Add(_options.BatchTokens, seconds);
                progress?.Report(new TrainingProgress(state.Step, _options.Steps, loss, rate,
                    TimeSpan.FromSeconds((double)(_options.Steps - state.Step) * _options.BatchTokens / rate)));
                if (Stopwatch.GetElapsedTime(lastSave) < SaveInterval) continue;
                Save(state, optimizer);
                lastSave = Stopwatch.GetTimestamp();
            }
        }
        catch (OperationCanceledException)
        {
            Save(state, optimizer);
            throw;
        }
        Save(state, optimizer);

        var final = model.ReadWeights();
        var validation = Validate(final, cancellation);
        var tokens = (double)state.Step * _options.BatchTokens;
        return new TrainingResult(final, state.Losses, validation,
            (long)_blocks.ValidationCount * (_options.Model.ContextLength - 1), state.Seconds, tokens / state.Seconds);
    }

    /// <summary>Mean loss of some weights on the held-out blocks, in the type they are stored in and in the formats of the plan, in nats a
    /// token: one block at a time, added in order.</summary>
    /// <param name="weights">By hub name.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    public double Validate(IReadOnlyDictionary<string, float[]> weights, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        set_num_threads(1);
        using var model = new TorchLlama(_options.Model, weights.ToDictionary(pair => pair.Key, pair => Stored(pair.Value), StringComparer.Ordinal), plan: _options.Plan);
        var losses = new double[_blocks.ValidationCount];
        Parallel.For(0, losses.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellation }, i =>
        {
            using var quiet = no_grad();
            using var scope = NewDisposeScope();
            var block = new long[_options.Model.ContextLength];
            _blocks.ReadValidation(i, block);
            losses[i] = Loss(model, block, 1, MatmulPrecision.Float32).item<float>();
        });
        return losses.Average();
    }

    private float[] Stored(float[] values) => _options.StoredAs == TensorType.F32
        ? values
        : Array.ConvertAll(values, value => FloatConversion.FromBFloat16(FloatConversion.ToBFloat16(value)));

    private float Step(TorchLlama model, Tensor[] parameters, AdamW optimizer, int step, CancellationToken cancellation)
    {
        var micro = _options.BatchBlocks / _options.MicroBatchBlocks;
        var gradients = new IList<Tensor>[micro];
        var losses = new double[micro];
        var batches = new long[micro][];
        for (var b = 0; b < micro; b++) batches[b] = ReadBlocks((long)step * _options.BatchBlocks + (long)b * _options.MicroBatchBlocks);
        try
        {
            Parallel.For(0, micro, new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellation }, b =>
            {
                using var scope = NewDisposeScope();
                var loss = Loss(model, batches[b], _options.MicroBatchBlocks, _options.Precision);
                gradients[b] = autograd.grad([loss], parameters);
                foreach (var gradient in gradients[b]) gradient.DetachFromDisposeScope();
                losses[b] = loss.item<float>();
            });
            cancellation.ThrowIfCancellationRequested();
            optimizer.Step(gradients, step + 1, _options.RateAt(step), _threads);
            model.RoundWeights(_threads);
        }
        finally
        {
            foreach (var gradient in gradients.Where(list => list is not null).SelectMany(list => list)) gradient.Dispose();
        }
        return (float)(losses.Sum() / micro);
    }

    private Tensor Loss(TorchLlama model, long[] block, int rows, MatmulPrecision precision)
    {
        var context = _options.Model.ContextLength;
        var ids = tensor(block, [rows, context], int64);
        var logits = model.Forward(ids.narrow(1, 0, context - 1), precision);
        var targets = ids.narrow(1, 1, context - 1).reshape(-1);
        return nn.functional.cross_entropy(logits.view(-1, _options.Model.VocabularySize), targets);
    }

    private long[] ReadBlocks(long first)
    {
        var context = _options.Model.ContextLength;
        var block = new long[_options.MicroBatchBlocks * context];
        for (var i = 0; i < _options.MicroBatchBlocks; i++)
        {
            var pass = checked((int)((first + i) / _blocks.TrainingCount));
            if (pass != _pass)
            {
                _order = _blocks.Order(_options.Seed, pass);
                _pass = pass;
            }
            _blocks.ReadTraining(_order[(first + i) % _blocks.TrainingCount], block.AsSpan(i * context, context));
        }
        return block;
    }

    private void Save(TrainingState state, AdamW optimizer)
    {
        if (_statePath is null) return;
        new TrainingState { Step = state.Step, Seconds = state.Seconds, Losses = state.Losses, Arrays = optimizer.Read() }
            .Save(_statePath, _fingerprint);
    }
}
