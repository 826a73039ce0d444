using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Kernels.Formats;

namespace Pith.Models.Checkpoints;

/// <summary>A checkpoint of several safetensors files, held together by an index.</summary>
/// <remarks>The index, <c>model.safetensors.index.json</c>, maps each tensor to a file beside it. A tensor which the index does
/// not name is not part of the checkpoint. See <see cref="ITensorSource"/> for thread safety and lifetime.</remarks>
public sealed class ShardedSafetensors : ITensorSource
{
    private readonly Dictionary<string, SafetensorsFile> places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorEntry> tensors = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> shards = [];

    private ShardedSafetensors()
    {
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    /// <summary>The tensors shard by shard, in the order of their bytes.</summary>
    public IEnumerable<TensorEntry> InFileOrder =>
        shards.SelectMany(shard => shard.InFileOrder.Where(entry => ReferenceEquals(places.GetValueOrDefault(entry.Name), shard)));

    /// <summary>Maps all files of a checkpoint and checks their headers.</summary>
    /// <param name="indexPath">The index file.</param>
    /// <exception cref="PithException">A file is absent or malformed, or the index names what is not there.</exception>
    public static ShardedSafetensors Open(string indexPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(indexPath);
        var checkpoint = new ShardedSafetensors();
        try
        {
            checkpoint.Read(indexPath);
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void ReadFloats(string name, long start, Span<float> destination) => Find(name).ReadFloats(name, start, destination);

    /// <inheritdoc/>
    public void ReadBytes(string name, long start, Span<byte> destination) => Find(name).ReadBytes(name, start, destination);

    /// <inheritdoc/>
    public PackedMatrix? ReadPacked(string name) => Find(name).ReadPacked(name);

    /// <inheritdoc/>
    public void Dispose() => shards.ForEach(shard => shard.Dispose());

    private void Read(string indexPath)
    {
        using var index = JsonFields.Parse(SmallFile.Read(indexPath), indexPath, ModelsErrors.BadIndex);
        if (!index.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            throw Bad(indexPath, "expected an object `weight_map`");
        var fields = new JsonFields(map, $"{indexPath}: weight_map", ModelsErrors.BadIndex);
        var byName = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        foreach (var tensor in fields.MemberNames())
        {
            var shardName = fields.Text(tensor) ?? throw Bad(indexPath, $"`{Names.Show(tensor)}`: expected a file name, found null");
            if (!byName.TryGetValue(shardName, out var shard))
            {
                shard = OpenShard(indexPath, shardName);
                byName.Add(shardName, shard);
            }

            if (!shard.Tensors.TryGetValue(tensor, out var entry))
                throw Bad(indexPath, $"expected tensor `{Names.Show(tensor)}` in {Names.Show(shardName)}, found none");
            places.Add(tensor, shard);
            tensors.Add(tensor, entry);
        }
    }

    private SafetensorsFile OpenShard(string indexPath, string shardName)
    {
        if (shards.Count == CheckpointLimits.Shards)
            throw new PithException(ModelsErrors.TooLarge, $"{indexPath}: expected at most {CheckpointLimits.Shards} files, found more");

        // A name that leads elsewhere could make the reader look at any file of the machine.
        if (shardName is "" or "." or ".." || shardName.AsSpan().IndexOfAny("/\\:\0") >= 0)
            throw Bad(indexPath, $"expected the name of a file beside the index, found `{Names.Show(shardName)}`");
        var shard = SafetensorsFile.Open(Path.Combine(Path.GetDirectoryName(indexPath) ?? "", shardName));
        shards.Add(shard);
        return shard;
    }

    private SafetensorsFile Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return places.TryGetValue(name, out var shard) ? shard : throw TensorRange.NoSuchTensor(name);
    }

    private static PithException Bad(string indexPath, string what) => new(ModelsErrors.BadIndex, $"{indexPath}: {what}");
}
