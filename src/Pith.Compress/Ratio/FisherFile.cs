using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Sites;

namespace Pith.Compress.Ratio;

/// <summary>Damages of formats at sites, computed elsewhere: by the training program from gradients, Σ g²·ΔW².</summary>
/// <remarks>JSON: <c>{"version":1,"model":…,"sites":{"layers.0.attn.q":{"mxint4:16":0.01}}}</c>. Immutable, hence thread-safe.</remarks>
public sealed class FisherFile
{
    private const int Version = 1;
    private const int LargestBytes = 16 << 20;
    private const int MissingNamed = 5;

    private readonly Dictionary<(Site, NumberFormat), double> damages;

    private FisherFile(string path, Dictionary<(Site, NumberFormat), double> damages)
    {
        Path = path;
        this.damages = damages;
    }

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="PithException">It is malformed (<see cref="CompressErrors.BadDamageFile"/>).</exception>
    public static FisherFile Load(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > LargestBytes)
            throw Bad(path, $"expected at most {LargestBytes} bytes, found {file.Length}");
        try
        {
            using var document = JsonDocument.Parse(file, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return new FisherFile(path, Read(document.RootElement, path));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new PithException(CompressErrors.BadDamageFile, $"{path}: {exception.Message}", inner: exception);
        }
    }

    /// <summary>Refuses a file which lacks something that a search needs, before anything is measured.</summary>
    /// <exception cref="PithException">The message names what is missing (<see cref="CompressErrors.BadDamageFile"/>).</exception>
    internal void Require(RatioSpace space)
    {
        var missing = space.Units.SelectMany(unit => unit.Shapes).Where(shape => shape.Site.HasWeight)
            .SelectMany(shape => space.Options.Select(option => (shape.Site, option.Format)))
            .Where(key => !key.Format.IsWide && !damages.ContainsKey(key)).ToList();
        if (missing.Count > 0)
        {
            var names = string.Join(", ", missing.Take(MissingNamed).Select(key => $"{key.Site} in {key.Format}"));
            throw Bad(Path, $"expected a damage for every site and format, found none for {names}{(missing.Count > MissingNamed ? $" and {missing.Count - MissingNamed} more" : "")}");
        }
    }

    /// <summary>The damage of a format at a site; 0 for wide formats that are not in the file, and for attention products.</summary>
    internal double Of(Site site, NumberFormat format) => damages.GetValueOrDefault((site, format));

    private static Dictionary<(Site, NumberFormat), double> Read(JsonElement root, string path)
    {
        if (root.GetProperty("version").GetInt32() != Version)
            throw Bad(path, $"expected \"version\": {Version}");
        var read = new Dictionary<(Site, NumberFormat), double>();
        foreach (var member in root.GetProperty("sites").EnumerateObject())
        {
            if (!Site.TryParse(member.Name, out var site))
                throw Bad(path, $"`{member.Name}` is not a site");
            foreach (var entry in member.Value.EnumerateObject())
            {
                if (!NumberFormat.TryParse(entry.Name, out var format))
                    throw Bad(path, $"{site}: `{entry.Name}` is not a number format");
                var damage = entry.Value.GetDouble();
                read[(site, format!)] = damage >= 0 && double.IsFinite(damage) ? damage : throw Bad(path, $"{site}: {entry.Name}: expected a damage of at least 0, found {entry.Value}");
            }
        }

        return read;
    }

    private static PithException Bad(string path, string what) => new(CompressErrors.BadDamageFile, $"{path}: {what}");
}
