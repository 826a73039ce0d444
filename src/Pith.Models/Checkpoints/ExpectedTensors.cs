using Pith.Core.Diagnostics;

namespace Pith.Models.Checkpoints;

/// <summary>Holds a checkpoint against the configuration beside it.</summary>
public static class ExpectedTensors
{
    private const int MostNamed = 3;

    /// <summary>Checks that a checkpoint holds every tensor the model needs, as floating-point numbers of the right shape.</summary>
    /// <param name="config">The model.</param>
    /// <param name="source">The checkpoint.</param>
    /// <param name="where">Its path, for messages.</param>
    /// <exception cref="PithException"><see cref="ModelsErrors.MissingTensor"/>, <see cref="ModelsErrors.WrongShape"/> or
    /// <see cref="ModelsErrors.UnknownTensorType"/>.</exception>
    public static void Check(ModelConfig config, ITensorSource source, string where)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(config);
        var expected = config.Tensors;
        var missing = expected.Where(tensor => !source.Tensors.ContainsKey(tensor.Name)).Select(tensor => tensor.Name).ToList();
        if (missing.Count > 0)
        {
            var named = string.Join(", ", missing.Take(MostNamed));
            var more = missing.Count > MostNamed ? $" and {missing.Count - MostNamed} more" : "";
            throw new PithException(ModelsErrors.MissingTensor, $"{where}: expected {expected.Count} tensors, did not find {named}{more}");
        }

        foreach (var (name, shape) in expected)
        {
            var entry = source.Tensors[name];
            if (!entry.Shape.SequenceEqual(shape))
                throw new PithException(ModelsErrors.WrongShape, $"{where}: tensor `{name}`: expected shape {Names.Show(shape)}, found {Names.Show(entry.Shape)}");
            if (!entry.Type.IsFloat())
                throw new PithException(ModelsErrors.UnknownTensorType, $"{where}: tensor `{name}`: expected floating-point numbers, found {entry.Type.Name()}");
        }
    }
}
