using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Pith.Core.Diagnostics;
using Pith.Core.Files;
using Pith.Core.Sites;
using Pith.Kernels.Linear;
using Pith.Models.Checkpoints;

namespace Pith.Models.Calibration;

/// <summary>Measurements of one model in a folder, found again by what they are of: model, text and settings.</summary>
/// <remarks>An entry is a folder <c>calibration-KEY</c> with one safetensors file of running sums (F64; see docs/reference/container.md),
/// replaced as a whole at each checkpoint. One that is damaged or not whole is measured anew.</remarks>
/// <param name="Folder">An existing folder.</param>
/// <param name="ModelDigest">From <c>ModelDigest.Of</c>.</param>
public sealed record CalibrationCache(string Folder, string ModelDigest)
{
    private const string Version = "1";
    private const string FileName = "sums.safetensors";
    private const string DoneKey = "sequences_done";
    private const string TokensKey = "tokens_done";
    private const int ChunkNumbers = 1 << 17;

    /// <summary>Reads the sums which an earlier run left, if there are any.</summary>
    internal void TryRestore(CalibrationSums sums, CalibrationText text, CalibrationOptions options)
    {
        var path = Path.Combine(EntryPath(text, options), FileName);
        if (!File.Exists(path))
            return;
        try
        {
            using var file = SafetensorsFile.Open(path);
            if (!Number(file, DoneKey, out var sequences) || sequences > text.Sequences.Count || !Number(file, TokensKey, out var tokens)
                || !sums.Inputs.All(input => Tensors(input.Key, input.Value).All(expected => file.Tensors.TryGetValue(expected.Name, out var found)
                    && found.Type == expected.Type && found.Shape.SequenceEqual(expected.Shape))))
            {
                return;
            }

            foreach (var (site, input) in sums.Inputs)
                Restore(file, site, input);
            (sums.Sequences, sums.Tokens) = ((int)sequences, tokens);
        }
        catch (PithException exception) when (exception.Error.Code.StartsWith("PITH30", StringComparison.Ordinal))
        {
            // A damaged entry: nothing was restored, and the next checkpoint replaces it.
        }
    }

    /// <summary>Writes the sums, whole or not at all.</summary>
    internal void Store(CalibrationSums sums, CalibrationText text, CalibrationOptions options)
    {
        using var entry = AtomicDirectory.Create(EntryPath(text, options), replace: true);
        var tensors = sums.Inputs.SelectMany(input => Tensors(input.Key, input.Value)).ToList();
        using (var writer = SafetensorsWriter.Create(entry.FilePath(FileName), tensors,
        [
            KeyValuePair.Create("pith_calibration", Version),
            KeyValuePair.Create(DoneKey, sums.Sequences.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create(TokensKey, sums.Tokens.ToString(CultureInfo.InvariantCulture)),
        ]))
        {
            foreach (var (site, input) in sums.Inputs)
                Store(writer, site, input);
            writer.Finish();
        }

        entry.Commit();
    }

    private static void Store(SafetensorsWriter writer, Site site, InputSums input)
    {
        foreach (var (name, values) in Vectors(site, input))
            writer.WriteBytes(name, MemoryMarshal.AsBytes(values.AsSpan()));
        if (input.Moments is not { } moments)
            return;
        var buffer = new double[ChunkNumbers];
        var count = SecondMoment.Start(input.Width);
        for (var start = 0L; start < count; start += ChunkNumbers)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(ChunkNumbers, count - start));
            moments.Read(start, part);
            writer.WriteBytes($"{site}.moments", MemoryMarshal.AsBytes(part));
        }
    }

    private static void Restore(SafetensorsFile file, Site site, InputSums input)
    {
        foreach (var (name, values) in Vectors(site, input))
            file.ReadBytes(name, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        if (input.Moments is not { } moments)
            return;
        var buffer = new double[ChunkNumbers];
        var count = SecondMoment.Start(input.Width);
        for (var start = 0L; start < count; start += ChunkNumbers)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(ChunkNumbers, count - start));
            file.ReadBytes($"{site}.moments", start * sizeof(double), MemoryMarshal.AsBytes(part));
            moments.Write(start, part);
        }
    }

    private static (string Name, double[] Values)[] Vectors(Site site, InputSums input) =>
        [($"{site}.absolute", input.Absolute), ($"{site}.largest_batch_mean", input.LargestBatchMean), ($"{site}.squares", input.Squares)];

    private static IEnumerable<TensorEntry> Tensors(Site site, InputSums input)
    {
        foreach (var (name, values) in Vectors(site, input))
            yield return new TensorEntry(name, TensorType.F64, [values.Length]);
        if (input.Moments is not null)
            yield return new TensorEntry($"{site}.moments", TensorType.F64, [SecondMoment.Start(input.Width)]);
    }

    private static bool Number(SafetensorsFile file, string key, out long number)
    {
        number = 0;
        return file.Metadata.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    // Checkpoints fall between batches, and the largest mean depends on what a batch is; nothing else of the options changes a sum.
    private string EntryPath(CalibrationText text, CalibrationOptions options)
    {
        var key = $"{Version} {ModelDigest} {text.Digest} {options.BatchSequences} {options.HasSecondMoments}";
        return Path.Combine(Folder, "calibration-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32]);
    }
}
