using System.Buffers;
using System.Text;
using System.Text.Json;
using DurableChat.AspNetCore.AiSdk;
using Xunit;

namespace DurableChat.Integration.Tests.AiSdk;

/// <summary>What tools say, as a value in a line of a stream.</summary>
public sealed class ToolValueTests
{
    [Theory]
    [InlineData("""{"a":[1,null]}""", """{"a":[1,null]}""")]
    [InlineData("{\n\"a\":\r\n1}", "{ \"a\":  1}")]
    [InlineData("null", "null")]
    [InlineData("it is noon\nhere", "\"it is noon\\nhere\"")]
    [InlineData("", "\"\"")]
    [InlineData("{} {}", "\"{} {}\"")]
    [InlineData("""{"constructor":"Ferrari"}""", """{"constructor":"Ferrari"}""")]
    [InlineData("""{"constructor":null}""", "\"{\\\"constructor\\\":null}\"")]
    [InlineData("""{"x":{"\u005f_proto__":1}}""", "\"{\\\"x\\\":{\\\"\\\\u005f_proto__\\\":1}}\"")]
    [InlineData("""{"constructor":{"prototype":1}}""", "\"{\\\"constructor\\\":{\\\"prototype\\\":1}}\"")]
    [InlineData("""{"a":"\ud83d"}""", "\"{\\\"a\\\":\\\"\\\\ud83d\\\"}\"")]
    public void Json_stays_json_unless_it_would_break_the_stream(string text, string written)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        ToolValue.Write(json, text);
        json.Flush();
        Assert.Equal(written, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
