using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pith.Models.Checkpoints;

namespace Pith.Models.Calibration;

/// <summary>What identifies a model's numbers, wherever its files are and whatever they are called.</summary>
public static class ModelDigest
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>SHA-256 over the configuration and every tensor the model needs (name, type, shape, stored bytes), lower-case hexadecimal.</summary>
    /// <param name="source">The model, in full precision.</param>
    /// <param name="cancellation">Stops between pieces.</param>
    public static string Of(ModelSource source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(source.Config.ToJson(TensorType.F32, isPacked: false)));
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        foreach (var (name, _) in source.Config.Tensors)
        {
            var entry = source.Tensors.Tensors[name];
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"\n{name} {entry.Type.Name()} {string.Join(' ', entry.Shape)}\n")));
            for (var start = 0L; start < entry.Bytes; start += ChunkBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                var bytes = buffer.AsSpan(0, (int)Math.Min(ChunkBytes, entry.Bytes - start));
                source.Tensors.ReadBytes(name, start, bytes);
                hash.AppendData(bytes);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
