using Pith.Core.Diagnostics;

namespace Pith.Models.Tokenizers;

/// <summary>Reads whole files of bounded size.</summary>
internal static class TokenizerFile
{
    /// <summary>Reads a tokenizer file.</summary>
    public static byte[] Read(string path) => Read(path, TokenizerLimits.MaxFileBytes);

    /// <summary>Reads a settings file.</summary>
    public static byte[] ReadSettings(string path) => Read(path, TokenizerLimits.MaxSettingsBytes);

    private static byte[] Read(string path, long limit)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > limit)
            {
                throw new PithException(
                    ModelsErrors.TokenizerTooLarge, $"{path}: at most {limit} bytes are read, found {length}.");
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PithException(
                ModelsErrors.TokenizerMissing, $"{path}: cannot be read: {exception.Message}", inner: exception);
        }
    }
}
