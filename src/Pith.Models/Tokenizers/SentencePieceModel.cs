using System.Text;
using Pith.Core.Diagnostics;
using Pith.Models.Tokenizers.Bpe;
using Pith.Models.Tokenizers.Json;
using Pith.Models.Tokenizers.Pipeline;
using Pith.Models.Tokenizers.SentencePiece;

namespace Pith.Models.Tokenizers;

/// <summary>Reads SentencePiece <c>.model</c> files: BPE, Unigram and character models.</summary>
/// <remarks>Thread-safe.</remarks>
public static class SentencePieceModel
{
    /// <summary>Reads a tokenizer.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="hints">What the files beside it say about the tokens that begin and end a text; only what is stated to
    /// be absent counts, since the file itself says the rest.</param>
    /// <exception cref="PithException">The file is malformed, passes a limit or is of a kind that is not read.</exception>
    public static ITokenizer Parse(
        ReadOnlyMemory<byte> model, string file = "tokenizer.model", SpecialTokenHints? hints = null)
    {
        var pieces = PieceFile.Parse(model.Span, file);
        if (pieces.HasSpaceSuffix)
        {
            throw new PithException(
                ModelsErrors.TokenizerUnknown, $"{file}: models that end words with ▁ instead of starting them are not read.");
        }

        var vocabulary = new Vocabulary(file);
        for (var id = 0; id < pieces.Pieces.Count; id++)
            vocabulary.Add(pieces.Pieces[id].Text, id);
        var userDefined = new CharacterTrie();
        foreach (var (piece, id) in OfType(pieces, PieceType.UserDefined))
            userDefined.Add(piece.Text, id);
        var inner = Model(pieces, vocabulary, file);
        var control = OfType(pieces, PieceType.Control)
            .Select(static item => new AddedToken(item.Id, item.Piece.Text, IsSpecial: true));
        var leadingSpaces = pieces.RemovesExtraSpaces ? int.MaxValue : pieces.AddsDummyPrefix ? 1 : 0;
        return new PipelineTokenizer(
            Kind(pieces.Type),
            userDefined.IsEmpty || pieces.Type == PieceModelType.Unigram ? inner : new UserDefinedPieces(userDefined, inner),
            new TokenTable(
                [.. pieces.Pieces.Select(piece => Bytes(piece, pieces))],
                leadingSpaces,
                pieces.Pieces.FindIndex(static piece => piece.Type == PieceType.Unknown)),
            new PieceNormalizer(pieces, userDefined, file),
            [],
            [.. control],
            hints?.HasNoBos == true ? null : InRange(pieces.BosId),
            hints?.HasNoEos == true ? null : InRange(pieces.EosId));

        int? InRange(int id) => id >= 0 && id < pieces.Pieces.Count ? id : null;
    }

    private static IEnumerable<(Piece Piece, int Id)> OfType(PieceFile pieces, PieceType type) =>
        pieces.Pieces.Select(static (piece, id) => (piece, id)).Where(item => item.piece.Type == type);

    private static string Kind(PieceModelType type) => type switch
    {
        PieceModelType.Bpe => "SentencePiece BPE",
        PieceModelType.Character => "SentencePiece characters",
        _ => "SentencePiece Unigram",
    };

    private static TokenModel Model(PieceFile pieces, Vocabulary vocabulary, string file)
    {
        var unknownId = pieces.Pieces.FindIndex(static piece => piece.Type == PieceType.Unknown);
        var byteIds = pieces.HasByteFallback ? BpeReader.FallbackIds(vocabulary) : null;
        var texts = pieces.Pieces.Select(static piece =>
            piece.Type is PieceType.Normal or PieceType.UserDefined ? piece.Text : null).ToList();
        if (pieces.Type == PieceModelType.Unigram)
        {
            return new Unigram(
                [.. texts.Select((text, id) => (text, (double)pieces.Pieces[id].Score))],
                unknownId,
                byteIds,
                OfType(pieces, PieceType.UserDefined).Select(static item => item.Id).ToHashSet(),
                single: true);
        }

        if (pieces.Type is not (PieceModelType.Bpe or PieceModelType.Character))
        {
            throw new PithException(
                ModelsErrors.TokenizerUnknown,
                $"{file}: the model type {(int)pieces.Type} is not read; known: 1 Unigram, 2 BPE, 4 characters.");
        }

        var tokens = texts.Select((text, id) => (text, pieces.Pieces[id].Score)).ToList();
        var merges = pieces.Type == PieceModelType.Bpe ? ScoredMerges.Build(tokens, file) : new MergeTable(0);
        return new CharacterBpe(new CharacterBpeParts
        {
            Texts = texts,
            CharacterIds = ScoredMerges.CharacterIds(tokens),
            Merges = merges,
            ByteIds = byteIds,
            UnknownId = unknownId,
            FusesUnknown = true,
        });
    }

    private static byte[]? Bytes(Piece piece, PieceFile pieces)
    {
        switch (piece.Type)
        {
            case PieceType.Control or PieceType.Unused:
                return null;
            case PieceType.Unknown:
                return Encoding.UTF8.GetBytes(pieces.UnknownSurface);
            case PieceType.Byte when DecodeRule.FallbackByte(piece.Text) is >= 0 and var value:
                return [(byte)value];
            default:
                return Encoding.UTF8.GetBytes(piece.Text.Replace(PieceNormalizer.Space, ' '));
        }
    }
}
