using System.Text.Json;
using Pith.Core.Diagnostics;
using Pith.Core.Formats;
using Pith.Core.Plans;
using Pith.Core.Sites;

namespace Pith.Compress.Ratio;

/// <summary>Damages of formats at sites, computed elsewhere: by the training program from gradients, Σ g²·ΔW².</summary>
/// <remarks>JSON: <c>{"version":1,"model":…,"sites":{"layers.0.attn.q":{"mxint4:16":0.01}}}</c>; the model is the digest of
/// <see cref="Models.Calibration.ModelDigest"/>. Immutable, hence thread-safe.</remarks>
public sealed class FisherFile
{
    private const int Version = 1;
    private const int LargestBytes = 16 << 20;
    private const int MissingNamed = 5;

    private readonly Dictionary<(Site, NumberFormat), double> damages;

    private FisherFile(string path, string model, Dictionary<(Site, NumberFormat), double> damages)
    {
        Path = path;
        Model = model;
        this.damages = damages;
    }

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>Digest of the model whose damages these are.</summary>
    public string Model { get; }

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
            return Read(document.RootElement, path);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new PithException(CompressErrors.BadDamageFile, $"{path}: {exception.Message}", inner: exception);
        }
    }

    /// <summary>Refuses damages of another model.</summary>
    /// <param name="digest">Digest of the model that is searched.</param>
    /// <exception cref="PithException">The file is of another (<see cref="CompressErrors.DamagesOfAnotherModel"/>).</exception>
    public void RequireModel(string digest)
    {
        if (Model != digest)
            throw new PithException(CompressErrors.DamagesOfAnotherModel, $"{Path}: expected damages of the model {digest}, found those of {DocumentNames.Quote(Model)}");
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

    private static FisherFile Read(JsonElement root, string path)
    {
        if (root.GetProperty("version").GetInt32() != Version)
            throw Bad(path, $"expected \"version\": {Version}");
        var model = root.GetProperty("model").GetString() ?? throw Bad(path, "expected the digest of a model in \"model\"");
        var names = new DocumentNames();
        var read = new Dictionary<(Site, NumberFormat), double>();
        foreach (var member in root.GetProperty("sites").EnumerateObject())
        {
            var site = names.ReadSite(member.Name);
            foreach (var entry in member.Value.EnumerateObject())
            {
                var format = names.ReadFormat(entry.Name, DocumentNames.Quote(member.Name));
                var damage = entry.Value.GetDouble();
                if (damage < 0 || !double.IsFinite(damage))
                    throw Bad(path, $"{DocumentNames.Quote(member.Name)}: {DocumentNames.Quote(entry.Name)}: expected a damage of at least 0, found {entry.Value}");
                if (site is not null && format is not null)
                    read[(site.Value, format)] = damage;
            }
        }

        return names.Unknown is { } unknown ? throw Bad(path, unknown) : new FisherFile(path, model, read);
    }

    private static PithException Bad(string path, string what) => new(CompressErrors.BadDamageFile, $"{path}: {what}");
}
