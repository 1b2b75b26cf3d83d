using System.Text.Json;
using DurableChat.Mcp.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Xunit;

namespace DurableChat.Integration.Tests.Mcp;

/// <summary>What a model reads of a tool's result.</summary>
public sealed class McpResultTextTests
{
    private const string Bytes = "UmF3IGJ5dGVzLg==";

    [Theory]
    [InlineData("""{"type":"text","text":"plain"}""", "plain")]
    [InlineData("""{"type":"image","data":"UmF3IGJ5dGVzLg==","mimeType":"image/png"}""", "[image, image/png, 10 bytes; the content is not shown]")]
    [InlineData("""{"type":"audio","data":"UmF3IGJ5dGVzLg==","mimeType":"audio/wav"}""", "[audio, audio/wav, 10 bytes; the content is not shown]")]
    [InlineData("""{"type":"resource","resource":{"uri":"file:///a.txt","mimeType":"text/plain","text":"inside"}}""", "[resource: file:///a.txt]\ninside")]
    [InlineData(
        """{"type":"resource","resource":{"uri":"file:///a.zip","mimeType":"application/zip","blob":"UmF3IGJ5dGVzLg=="}}""",
        "[resource file:///a.zip, application/zip, 10 bytes; the content is not shown]")]
    [InlineData(
        """{"type":"resource_link","uri":"https://example.com/report","name":"report","mimeType":"text/csv","size":7}""",
        "[link to report, https://example.com/report, text/csv, 7 bytes; the content is not shown]")]
    [InlineData("""{"type":"image","data":"?","mimeType":"image/png"}""", "[image, image/png; the content is not shown]")]
    [InlineData("null", "")]
    [InlineData("""{"type":"resource_link","uri":"https://example.com/report","name":"report"}""", "[link to report, https://example.com/report; the content is not shown]")]
    public void Each_kind_of_content_becomes_text_without_raw_bytes(string block, string expected)
    {
        var text = McpResultText.Of(Result($$"""{"content":[{{block}}]}"""));
        Assert.Equal(expected, text);
        Assert.DoesNotContain(Bytes, text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_structured_result_reaches_the_model_as_JSON_and_the_text_that_repeats_it_does_not() =>
        Assert.Equal(
            """{"sum":3}""",
            McpResultText.Of(Result("""{"content":[{"type":"text","text":"{ \"sum\": 3 }"}],"structuredContent":{"sum":3}}""")));

    [Fact]
    public void What_comes_beside_a_structured_result_is_named() =>
        Assert.Equal(
            "{\"sum\":3}\n[image, image/png, 10 bytes; the content is not shown]",
            McpResultText.Of(Result("""{"content":[{"type":"image","data":"UmF3IGJ5dGVzLg==","mimeType":"image/png"}],"structuredContent":{"sum":3}}""")));

    [Fact]
    public void Pieces_stand_on_lines_of_their_own() =>
        Assert.Equal("one\ntwo", McpResultText.Of(Result("""{"content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]}""")));

    private static CallToolResult Result(string json) => JsonSerializer.Deserialize<CallToolResult>(json, McpJsonUtilities.DefaultOptions)!;
}
