using Pith.Core.Diagnostics;

namespace Pith.Models;

/// <summary>The error catalogue of Pith.Models.</summary>
public static partial class ModelsErrors
{
    /// <summary>A folder or path holds no tokenizer.</summary>
    public static readonly ErrorCode TokenizerMissing = new(
        "PITH3200",
        "No tokenizer was found.",
        "Name a folder with tokenizer.json, tokenizer.model, tokenizer.bin, vocab.txt, or vocab.json with merges.txt.");

    /// <summary>A tokenizer, or one part of it, is of a kind that is not read.</summary>
    public static readonly ErrorCode TokenizerUnknown = new(
        "PITH3201",
        "The kind of tokenizer is not known.",
        "Known: tokenizer.json (BPE, Unigram, WordPiece), SentencePiece .model, llama2.c .bin, GPT-2 vocab.json with merges.txt, BERT vocab.txt.");

    /// <summary>A tokenizer.json, vocab.json or the like is not the JSON it must be.</summary>
    public static readonly ErrorCode TokenizerJsonMalformed = new(
        "PITH3202",
        "A tokenizer's JSON file is malformed.",
        "Fetch the file again from where the model came from.");

    /// <summary>A vocabulary contradicts itself: repeated tokens or ids, missing entries, ids out of range.</summary>
    public static readonly ErrorCode TokenizerVocabularyInvalid = new(
        "PITH3203",
        "A tokenizer's vocabulary contradicts itself.",
        "Fetch the file again from where the model came from.");

    /// <summary>A list of merges is malformed, or names tokens that the vocabulary lacks.</summary>
    public static readonly ErrorCode TokenizerMergesInvalid = new(
        "PITH3204",
        "A tokenizer's merges are invalid.",
        "See that the merges and the vocabulary come from the same model.");

    /// <summary>A tokenizer file is larger than any real one, or claims to be.</summary>
    public static readonly ErrorCode TokenizerTooLarge = new(
        "PITH3205",
        "A tokenizer file passes a limit.",
        "See that the file really is a tokenizer.");

    /// <summary>A pattern of a tokenizer is no regular expression that is read, or takes too long to match.</summary>
    public static readonly ErrorCode TokenizerPatternInvalid = new(
        "PITH3206",
        "A tokenizer's splitting pattern cannot be used.",
        "The pattern must be a regular expression without possessive quantifiers or script names.");

    /// <summary>A SentencePiece file is truncated or is not what its fields say.</summary>
    public static readonly ErrorCode SentencePieceMalformed = new(
        "PITH3207",
        "A SentencePiece model file is malformed.",
        "Fetch the file again from where the model came from.");

    /// <summary>A llama2.c tokenizer file is truncated or is not what its lengths say.</summary>
    public static readonly ErrorCode Llama2cTokenizerMalformed = new(
        "PITH3208",
        "A llama2.c tokenizer file is malformed.",
        "Fetch the file again, or export it again with the tools of llama2.c.");

    /// <summary>A vocab.txt is empty, has repeated lines, or lacks the unknown token.</summary>
    public static readonly ErrorCode WordPieceVocabularyInvalid = new(
        "PITH3209",
        "A WordPiece vocabulary is invalid.",
        "The file must hold one token a line, [UNK] among them.");
}
