using System.Text;
using Pith.Core.Diagnostics;

namespace Pith.Models.Tokenizers.SentencePiece;

/// <summary>What a SentencePiece <c>.model</c> file says.</summary>
/// <remarks>Source: sentencepiece_model.proto of google/sentencepiece; the field numbers below are its.</remarks>
internal sealed class PieceFile
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);
    private readonly string _file;

    private PieceFile(string file) => _file = file;

    /// <summary>The vocabulary; a piece's id is its place.</summary>
    public List<Piece> Pieces { get; } = [];

    /// <summary>How a text is cut.</summary>
    public PieceModelType Type { get; private set; } = PieceModelType.Unigram;

    /// <summary>Id of the token that begins a text; -1 for none.</summary>
    public int BosId { get; private set; } = 1;

    /// <summary>Id of the token that ends a text; -1 for none.</summary>
    public int EosId { get; private set; } = 2;

    /// <summary>What unknown tokens decode to.</summary>
    public string UnknownSurface { get; private set; } = " \u2047 ";

    /// <summary>Whether unknown characters become byte pieces.</summary>
    public bool HasByteFallback { get; private set; }

    /// <summary>Whether ▁ ends words instead of starting them.</summary>
    public bool HasSpaceSuffix { get; private set; }

    /// <summary>The compiled rewriting rules; empty for none.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    /// <summary>Whether a space is put before the text.</summary>
    public bool AddsDummyPrefix { get; private set; } = true;

    /// <summary>Whether leading, trailing and repeated spaces go.</summary>
    public bool RemovesExtraSpaces { get; private set; } = true;

    /// <summary>Whether spaces are written as ▁.</summary>
    public bool EscapesSpaces { get; private set; } = true;

    /// <summary>Reads the file's bytes.</summary>
    public static PieceFile Parse(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length > TokenizerLimits.MaxFileBytes)
        {
            throw new PithException(
                ModelsErrors.TokenizerTooLarge,
                $"{file}: at most {TokenizerLimits.MaxFileBytes} bytes are read, found {bytes.Length}.");
        }

        var result = new PieceFile(file);
        var reader = new ProtobufReader(bytes, file, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    result.ReadPiece(Message(ref reader, file));
                    break;
                case 2:
                    result.ReadTrainer(Message(ref reader, file));
                    break;
                case 3:
                    result.ReadNormalizer(Message(ref reader, file));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (result.Pieces.Count == 0)
            throw new PithException(ModelsErrors.SentencePieceMalformed, $"{file}: holds no pieces.");
        return result;
    }

    private static ProtobufReader Message(ref ProtobufReader reader, string file)
    {
        var bytes = reader.Bytes();
        return new ProtobufReader(bytes, file, reader.Offset - bytes.Length);
    }

    private void ReadPiece(ProtobufReader reader)
    {
        if (Pieces.Count == TokenizerLimits.MaxVocabulary)
        {
            throw new PithException(
                ModelsErrors.TokenizerTooLarge, $"{_file}: at most {TokenizerLimits.MaxVocabulary} pieces are read.");
        }

        var text = "";
        var score = 0f;
        var type = PieceType.Normal;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = Text(ref reader);
                    break;
                case 2:
                    score = reader.Single();
                    break;
                case 3:
                    type = (PieceType)Math.Clamp(reader.Integer(), 0, int.MaxValue);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (text.Length == 0 || float.IsNaN(score) || !Enum.IsDefined(type))
        {
            throw new PithException(
                ModelsErrors.SentencePieceMalformed,
                $"{_file}: piece {Pieces.Count} has the text '{Vocabulary.Shorten(text)}', the score {score} and the type {(int)type}.");
        }

        Pieces.Add(new Piece(text, score, type));
    }

    private void ReadTrainer(ProtobufReader reader)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    Type = (PieceModelType)Math.Clamp(reader.Integer(), 0, int.MaxValue);
                    break;
                case 24:
                    HasSpaceSuffix = reader.Integer() != 0;
                    break;
                case 35:
                    HasByteFallback = reader.Integer() != 0;
                    break;
                case 41:
                    BosId = (int)Math.Clamp(reader.Integer(), -1, int.MaxValue);
                    break;
                case 42:
                    EosId = (int)Math.Clamp(reader.Integer(), -1, int.MaxValue);
                    break;
                case 44:
                    UnknownSurface = Text(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void ReadNormalizer(ProtobufReader reader)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    CharacterMap = reader.Bytes().ToArray();
                    break;
                case 3:
                    AddsDummyPrefix = reader.Integer() != 0;
                    break;
                case 4:
                    RemovesExtraSpaces = reader.Integer() != 0;
                    break;
                case 5:
                    EscapesSpaces = reader.Integer() != 0;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private string Text(ref ProtobufReader reader)
    {
        try
        {
            return s_strict.GetString(reader.Bytes());
        }
        catch (ArgumentException exception)
        {
            throw new PithException(
                ModelsErrors.SentencePieceMalformed,
                $"{_file}: at byte {reader.Offset}: found text that is not UTF-8.",
                inner: exception);
        }
    }
}
