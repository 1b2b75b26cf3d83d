using DurableChat.Server.Terminal;
using Xunit;

namespace DurableChat.Integration.Tests.Terminal;

/// <summary>Files that are to be imported, and may be anything.</summary>
public sealed class ImportFileTests
{
    private const string Head = """ "format":"durablechat-1","id":"a","title":"t","model":"m","created_at":"2026-01-01T00:00:00Z","messages": """;

    [Theory]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("""[{"role":"user"}]""")]
    [InlineData("""[{"parts":[]}]""")]
    [InlineData("""[{"role":"user","parts":[null]}]""")]
    [InlineData("""[{"role":"user","parts":[{}]}]""")]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_history_that_lacks_something_is_refused_in_words(string messages) =>
        Assert.NotEmpty(Assert.Throws<FormatException>(() => ImportCommand.Read($"{{{Head}{messages}}}")).Message);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format":"durablechat-9","messages":[]}""")]
    public void What_is_no_export_is_refused_in_words(string text) =>
        Assert.NotEmpty(Assert.Throws<FormatException>(() => ImportCommand.Read(text)).Message);

    [Theory]
    [InlineData("stop=\"\\udc00\"")]
    [InlineData("temperature=1e400")]
    [InlineData("response_format={\"a\":1,\"a\":\"\\ud83d\"}")]
    public void A_typed_setting_that_JSON_cannot_say_is_a_word_or_refused(string text)
    {
        try
        {
            Assert.NotNull(SettingText.Read([text]));
        }
        catch (FormatException exception)
        {
            Assert.NotEmpty(exception.Message);
        }
    }
}
