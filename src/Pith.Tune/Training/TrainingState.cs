using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Tune.Training;

/// <summary>Everything a run needs to go on as if it had not stopped: weights, both moments, step, losses.</summary>
/// <remarks>The data order and the learning rate follow from the step, so there is no generator state.</remarks>
internal sealed class TrainingState
{
    private static readonly byte[] Magic = "PITHTRN1"u8.ToArray();

    /// <summary>Steps done.</summary>
    public int Step { get; set; }

    /// <summary>Seconds spent in steps.</summary>
    public double Seconds { get; set; }

    /// <summary>Loss of each step done.</summary>
    public List<float> Losses { get; init; } = [];

    /// <summary>Three arrays per tensor, in the model's order: weight, first moment, second moment.</summary>
    public List<float[]> Arrays { get; init; } = [];

    /// <summary>Writes the state whole or not at all.</summary>
    /// <param name="path">The file, replaced if there.</param>
    /// <param name="fingerprint">What identifies the run.</param>
    public void Save(string path, string fingerprint)
    {
        var fresh = path + ".partial";
        using (var stream = new FileStream(fresh, FileMode.Create))
        using (var writer = new BinaryWriter(stream, Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(fingerprint);
            writer.Write(Step);
            writer.Write(Seconds);
            WriteFloats(writer, Losses.ToArray());
            writer.Write(Arrays.Count);
            foreach (var array in Arrays) WriteFloats(writer, array);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Reads a state.</summary>
    /// <param name="path">A file of <see cref="Save"/>.</param>
    /// <param name="fingerprint">What must identify the run.</param>
    /// <param name="sizes">Number of values of each array.</param>
    /// <exception cref="PithException">The file is damaged or of another run.</exception>
    public static TrainingState Load(string path, string fingerprint, IReadOnlyList<int> sizes)
    {
        try
        {
            using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
            if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
                throw new PithException(TuneErrors.StateDamaged, $"{path}: no training state at offset 0.");
            var found = reader.ReadString();
            if (!string.Equals(found, fingerprint, StringComparison.Ordinal))
                throw new PithException(TuneErrors.StateMismatch, $"{path}: expected a run of {fingerprint}, found one of {found}.");
            var step = reader.ReadInt32();
            var seconds = reader.ReadDouble();
            var losses = ReadFloats(reader, step, path);
            var count = reader.ReadInt32();
            if (count != sizes.Count)
                throw new PithException(TuneErrors.StateDamaged, $"{path}: expected {sizes.Count} arrays, found {count}.");
            var arrays = sizes.Select(size => ReadFloats(reader, size, path)).ToList();
            return new TrainingState { Step = step, Seconds = seconds, Losses = [.. losses], Arrays = arrays };
        }
        catch (EndOfStreamException error)
        {
            throw new PithException(TuneErrors.StateDamaged, $"{path}: ends too early.", inner: error);
        }
    }

    private static void WriteFloats(BinaryWriter writer, float[] values)
    {
        writer.Write(values.Length);
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static float[] ReadFloats(BinaryReader reader, int expected, string path)
    {
        var count = reader.ReadInt32();
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (count != expected || left < 4L * count)
        {
            throw new PithException(TuneErrors.StateDamaged,
                $"{path}: expected {expected} values at offset {reader.BaseStream.Position}, found {count} with {left} bytes left.");
        }
        var values = new float[count];
        reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
