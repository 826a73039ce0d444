using System.Text;
using System.Text.Json;
using Pith.Core.Files;
using Pith.Core.Formats;
using Pith.Core.Sites;

namespace Pith.Tune.Sensitivity;

/// <summary>Writes damages as the file that a mixed-precision search reads.</summary>
public static class FisherJson
{
    /// <summary>Version of the file.</summary>
    public const int Version = 1;

    /// <summary>Writes <c>{"version":1,"model":…,"sites":{"layers.0.attn.q":{"mxint4:16":0.01}}}</c>; whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">Digest of the model (<see cref="Models.Calibration.ModelDigest"/>).</param>
    /// <param name="damages">From <see cref="FisherDamage.Measure"/>.</param>
    public static void Write(string path, string model, IReadOnlyList<(Site Site, IReadOnlyList<(NumberFormat Format, double Damage)> Damages)> damages)
    {
        ArgumentNullException.ThrowIfNull(damages);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("model", model);
            json.WriteStartObject("sites");
            foreach (var (site, formats) in damages)
            {
                json.WriteStartObject(site.ToString());
                foreach (var (format, damage) in formats) json.WriteNumber(format.ToString(), damage);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        AtomicFile.WriteText(path, Encoding.UTF8.GetString(stream.ToArray()) + "\n");
    }
}
