using Microsoft.Win32.SafeHandles;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Core.Sites;
using Pith.Kernels.Linear;

namespace Pith.Models.Calibration;

/// <summary>The running sums of every distinct input of a model, in memory or partly in a scratch file.</summary>
internal sealed class CalibrationSums : IDisposable
{
    private readonly SafeFileHandle? scratch;

    private CalibrationSums(Dictionary<Site, InputSums> inputs, SafeFileHandle? scratch)
    {
        Inputs = inputs;
        this.scratch = scratch;
    }

    /// <summary>The sums by the first site which reads an input.</summary>
    public IReadOnlyDictionary<Site, InputSums> Inputs { get; }

    /// <summary>Whole batches done, in sequences.</summary>
    public int Sequences { get; set; }

    /// <summary>Tokens of them.</summary>
    public long Tokens { get; set; }

    /// <summary>Makes sums of zero.</summary>
    /// <param name="config">The model.</param>
    /// <param name="options">Whether second moments are wanted, and how much memory they may take.</param>
    /// <param name="folder">Where a scratch file goes; the system's own place when null.</param>
    /// <exception cref="PithException">The scratch file cannot be made (<see cref="CoreErrors.CannotWrite"/>).</exception>
    public static CalibrationSums Create(ModelConfig config, CalibrationOptions options, string? folder)
    {
        var shapes = SharedInputs.Of(config);
        if (!options.HasSecondMoments)
            return new CalibrationSums(shapes.ToDictionary(input => input.Site, input => new InputSums(input.Width, null)), null);
        var bytes = sizeof(double) * shapes.Sum(input => SecondMoment.Start(input.Width));
        if (bytes <= options.MemoryLimitBytes)
            return new CalibrationSums(shapes.ToDictionary(input => input.Site, input => new InputSums(input.Width, new MemoryMoments(input.Width))), null);

        var file = OpenScratch(folder ?? Path.GetTempPath(), bytes);
        var inputs = new Dictionary<Site, InputSums>();
        var offset = 0L;
        foreach (var (site, width) in shapes)
        {
            inputs.Add(site, new InputSums(width, new DiskMoments(file, offset)));
            offset += sizeof(double) * SecondMoment.Start(width);
        }

        return new CalibrationSums(inputs, file);
    }

    /// <summary>Adds a batch that was run.</summary>
    public void EndBatch(int sequences, long tokens)
    {
        foreach (var input in Inputs.Values)
            input.EndBatch();
        Sequences += sequences;
        Tokens += tokens;
    }

    /// <summary>Removes the scratch file.</summary>
    public void Dispose() => scratch?.Dispose();

    private static SafeFileHandle OpenScratch(string folder, long bytes)
    {
        var path = Path.Combine(folder, $".calibration-{Path.GetRandomFileName()}");
        try
        {
            var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
            RandomAccess.SetLength(file, bytes);
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PithException(CoreErrors.CannotWrite, $"{path}: {exception.Message}", "Second moments need scratch space of this size; choose another cache folder.", inner: exception);
        }
    }
}
