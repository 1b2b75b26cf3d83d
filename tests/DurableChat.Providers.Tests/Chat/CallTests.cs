using DurableChat.Chats;
using Xunit;

namespace DurableChat.Providers.Tests.Chat;

public sealed class CallTests
{
    /// <summary>
    /// Pieces of calls, each in a chunk of its own unless "&amp;" joins them, and the calls they make.
    /// </summary>
    public static TheoryData<string, string[], string[]> Pieces => new()
    {
        { "index always 0, another id",
            ["""{"index":0,"id":"a","function":{"name":"t","arguments":"{\"z\":\"Tokyo\"}"}}""",
            """{"index":0,"id":"b","function":{"name":"t","arguments":"{\"z\":\"Oslo\"}"}}"""],
            ["a t {'z':'Tokyo'}", "b t {'z':'Oslo'}"] },
        { "index always 0, another id, arguments in pieces",
            ["""{"index":0,"id":"a","function":{"name":"t","arguments":"{\"z\":"}}""",
            """{"index":0,"function":{"arguments":"1}"}}""",
            """{"index":0,"id":"b","function":{"name":"u","arguments":"{"}}""",
            """{"index":0,"function":{"arguments":"}"}}"""], ["a t {'z':1}", "b u {}"] },
        { "no index",
            ["""{"id":"a","function":{"name":"t","arguments":"{\"z\":\"Tokyo\"}"}}""",
            """{"id":"b","function":{"name":"t","arguments":"{\"z\":\"Oslo\"}"}}"""],
            ["a t {'z':'Tokyo'}", "b t {'z':'Oslo'}"] },
        { "no index, pieces by id in turns",
            ["""{"id":"a","function":{"name":"t","arguments":"{"}}""",
            """{"id":"b","function":{"name":"t","arguments":"{"}}""", """{"id":"a","function":{"arguments":"}"}}""",
            """{"id":"b","function":{"arguments":"}"}}"""], ["a t {}", "b t {}"] },
        { "a name in pieces",
            ["""{"index":0,"id":"a","function":{"name":"current_","arguments":""}}""",
            """{"index":0,"function":{"name":"time"}}""", """{"index":0,"function":{"arguments":"{}"}}"""],
            ["a current_time {}"] },
        { "no index, pieces without id",
            ["""{"id":"a","function":{"name":"t","arguments":"{\"z\""}}""", """{"function":{"arguments":":1}"}}"""],
            ["a t {'z':1}"] },
        { "index null",
            ["""{"index":null,"id":"a","function":{"name":"t","arguments":""}}""",
            """{"index":null,"id":null,"function":{"name":null,"arguments":"{}"}}"""], ["a t {}"] },
        { "index comes late",
            ["""{"id":"a","function":{"name":"t"}}""", """{"index":0,"function":{"arguments":"{}"}}"""], ["a t {}"] },
        { "neither index nor id, in one chunk",
            ["""{"function":{"name":"t","arguments":"{}"}}&{"function":{"name":"t","arguments":"{}"}}"""],
            ["(made) t {}", "(made) t {}"] },
        { "neither index nor id, in two chunks",
            ["""{"function":{"name":"t","arguments":"{\"z\":\"Tokyo\"}"}}""",
            """{"function":{"name":"t","arguments":"{\"z\":\"Oslo\"}"}}"""],
            ["(made) t {'z':'Tokyo'}", "(made) t {'z':'Oslo'}"] },
        { "neither index nor id nor arguments, in one chunk", ["""{"function":{"name":"t"}}&{"function":{"name":"t"}}"""],
            ["(made) t {}", "(made) t {}"] },
        { "another name at the same place",
            ["""{"index":0,"function":{"name":"t","arguments":"{}"}}""",
            """{"index":0,"function":{"name":"u","arguments":"{}"}}"""], ["(made) t {}", "(made) u {}"] },
        { "id and name repeated with each piece",
            ["""{"index":0,"id":"a","function":{"name":"t","arguments":"{\"z\":"}}""",
            """{"index":0,"id":"a","function":{"name":"t","arguments":"{\"y\":1}"}}""",
            """{"index":0,"id":"a","function":{"name":"t","arguments":"}"}}"""], ["a t {'z':{'y':1}}"] },
        { "id repeated, indexes differ",
            ["""{"index":0,"id":"a","function":{"name":"t","arguments":"{}"}}""",
            """{"index":1,"id":"a","function":{"name":"t","arguments":"{}"}}"""], ["a t {}", "(made) t {}"] },
        { "id empty", ["""{"index":0,"id":"","function":{"name":"t","arguments":"{}"}}"""], ["(made) t {}"] },
        { "id of another type", ["""{"index":0,"id":7,"function":{"name":"t","arguments":"{}"}}"""], ["(made) t {}"] },
        { "index as text",
            ["""{"index":"0","id":"a","function":{"name":"t","arguments":"{}"}}""",
            """{"index":"1","id":"b","function":{"name":"t","arguments":"{}"}}"""], ["a t {}", "b t {}"] },
        { "name comes later than id",
            ["""{"index":0,"id":"a"}""", """{"index":0,"function":{"name":"t","arguments":"{}"}}"""], ["a t {}"] },
        { "gaps, in the order of coming",
            ["""{"index":5,"id":"b","function":{"name":"t","arguments":"{}"}}""",
            """{"index":2,"id":"a","function":{"name":"t","arguments":"{}"}}"""], ["b t {}", "a t {}"] },
        { "pieces in turns",
            ["""{"index":0,"id":"a","function":{"name":"t","arguments":"{"}}&{"index":1,"id":"b","function":{"name":"t","arguments":"{"}}""", """{"index":1,"function":{"arguments":"}"}}&{"index":0,"function":{"arguments":"}"}}"""], ["a t {}", "b t {}"] },
        { "arguments as an object", ["""{"index":0,"id":"a","function":{"name":"t","arguments":{"z": 1}}}"""],
            ["a t {'z': 1}"] },
        { "arguments null", ["""{"index":0,"id":"a","function":{"name":"t","arguments":null}}"""], ["a t {}"] },
        { "arguments missing", ["""{"index":0,"id":"a","function":{"name":"t"}}"""], ["a t {}"] },
        { "arguments blank", ["""{"index":0,"id":"a","function":{"name":"t","arguments":" \n"}}"""], ["a t {}"] },
        { "arguments the word null", ["""{"index":0,"id":"a","function":{"name":"t","arguments":"null"}}"""],
            ["a t {}"] },
        { "arguments as a text within the text",
            ["""{"index":0,"id":"a","function":{"name":"t","arguments":"\"{\\\"z\\\":1}\""}}"""], ["a t {'z':1}"] },
        { "white space stays", ["""{"index":0,"id":"a","function":{"name":"t","arguments":"{ \"z\" :\t1 }\n"}}"""],
            ["a t { 'z' :\t1 }\n"] },
        { "no frame of a function", ["""{"index":0,"id":"a","name":"t","arguments":"{}"}"""], ["a t {}"] },
        { "an empty frame is no call",
            ["""{"index":0}""", """{"index":1,"id":"a","function":{"name":"t","arguments":"{}"}}"""], ["a t {}"] },
    };

    [Theory]
    [MemberData(nameof(Pieces))]
    public async Task Pieces_make_calls(string what, string[] pieces, string[] expected)
    {
        Assert.NotEmpty(what);
        var outcome =
            await Chunks.ReadAsync([.. pieces.Select(piece => Chunks.Call(piece.Replace('&', ','))),
            Chunks.Delta("{}", "tool_calls"), "[DONE]"]);
        Assert.Null(outcome.Failure);
        Assert.Equal(expected.Length, outcome.Calls.Count);
        Assert.All(outcome.Calls.Zip(expected), pair =>
        {
            var (call, wanted) = pair;
            var id = wanted.StartsWith("(made)", StringComparison.Ordinal) ? "(made)" : call.CallId;
            Assert.Equal(wanted, $"{id} {call.Name} {call.Arguments.Replace('"', '\'')}");
        });
        Assert.Equal(outcome.Calls.Count, outcome.Calls.DistinctBy(call => call.CallId).Count());
        Assert.DoesNotContain(outcome.Calls, call => call.CallId.Length == 0);
        Assert.Equal(FinishReason.ToolCalls, outcome.End!.Reason);
    }

    [Theory]
    [InlineData("stop", "{}", "call:a t {} | ToolCalls")]
    [InlineData("", "{}", "call:a t {} | ToolCalls")]
    [InlineData("function_call", "{}", "call:a t {} | ToolCalls")]
    [InlineData("whatever", "{}", "call:a t {} | ToolCalls")]
    [InlineData("tool_calls", "{", "! model_bad_response")]
    [InlineData("stop", "[1]", "! model_bad_response")]
    [InlineData("stop", "{} {}", "! model_bad_response")]
    [InlineData("length", "{", "Length")]
    [InlineData("max_tokens", "{", "Length")]
    [InlineData("length", "", "Length")]
    [InlineData("length", "{}", "call:a t {} | ToolCalls")]
    [InlineData("insufficient_system_resource", "{", "Length")]
    [InlineData("content_filter", "{", "ContentFilter")]
    [InlineData("content_filter", "{}", "ContentFilter")]
    public async Task The_reason_decides_what_becomes_of_half_a_call(string reason, string arguments, string expected)
    {
        var call = """{"index":0,"id":"a","function":{"name":"t","arguments":"?"}}""".Replace("?", arguments,
            StringComparison.Ordinal);
        Assert.Equal(expected,
            Chunks.Describe(await Chunks.ReadAsync(Chunks.Call(call), Chunks.Delta("{}", reason), "[DONE]")));
    }

    [Fact]
    public async Task One_half_call_of_an_answer_that_was_cut_takes_the_others_with_it()
    {
        var outcome = await Chunks.ReadAsync(
            Chunks.Call(
                """{"index":0,"id":"a","function":{"name":"t","arguments":"{}"}},{"index":1,"id":"b","function":{"name":"t","arguments":"{\"z"}}"""),
            Chunks.Delta("{}", "length"));
        Assert.Equal("Length", Chunks.Describe(outcome));
    }

    [Fact]
    public async Task Calls_of_an_answer_that_broke_off_do_not_run()
    {
        var outcome =
            await Chunks.ReadAsync(Chunks.Call("""{"index":0,"id":"a","function":{"name":"t","arguments":"{}"}}"""));
        Assert.Empty(outcome.Calls);
        Assert.Equal("model_bad_response", outcome.Failure!.Error.Code);
    }

    [Fact]
    public async Task The_field_that_calls_had_first_is_read() =>
        Assert.StartsWith("call:call_", Chunks.Describe(await Chunks.ReadAsync(
            Chunks.Delta("""{"function_call":{"name":"t","arguments":"{"}}"""),
                Chunks.Delta("""{"function_call":{"arguments":"}"}}""", "function_call"))), StringComparison.Ordinal);

    [Fact]
    public async Task Nameless_arguments_are_no_call_that_could_run() =>
        Assert.Equal("! model_bad_response",
            Chunks.Describe(
                await Chunks.ReadAsync(Chunks.Call("""{"index":0,"id":"a","function":{"arguments":"{}"}}"""),
                Chunks.Delta("{}", "tool_calls"))));
}
