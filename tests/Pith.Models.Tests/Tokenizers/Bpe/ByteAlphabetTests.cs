using Pith.Models.Tokenizers.Bpe;

namespace Pith.Models.Tests.Tokenizers.Bpe;

public sealed class ByteAlphabetTests
{
    [Fact]
    public void Character_EveryByte_ComesBack()
    {
        var all = Enumerable.Range(0, 256).Select(static value => (byte)value).ToArray();
        var text = ByteAlphabet.Text(all);
        Assert.Equal(256, text.Distinct().Count());
        Assert.Equal(all, ByteAlphabet.TryBytes(text));
    }

    [Theory]
    [InlineData(0x20, 'Ġ')] // as GPT-2's vocabulary has it
    [InlineData(0x0A, 'Ċ')]
    [InlineData(0x00, 'Ā')]
    [InlineData(0x7F, 'ġ')]
    [InlineData(0xAD, 'Ń')]
    [InlineData(0x41, 'A')]
    [InlineData(0xFF, 'ÿ')]
    public void Character_KnownBytes_AreThoseOfGpt2(byte value, char character) =>
        Assert.Equal(character, ByteAlphabet.Character(value));

    [Fact]
    public void TryBytes_CharacterOutside_IsNull() => Assert.Null(ByteAlphabet.TryBytes("a▁"));
}
