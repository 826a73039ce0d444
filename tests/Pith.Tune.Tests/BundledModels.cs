namespace Pith.Tune.Tests;

/// <summary>The models which the repository holds.</summary>
internal static class BundledModels
{
    /// <summary>The folder of a bundled model, found by walking up from the test binary; skips the test where it is absent.</summary>
    public static string Require(string name)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var path = Path.Combine(at.FullName, "models", name);
            if (File.Exists(Path.Combine(path, "model.safetensors"))) return path;
        }
        Assert.Skip($"models/{name} is not here.");
        return "";
    }
}
