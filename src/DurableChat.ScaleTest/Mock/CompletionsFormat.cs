using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DurableChat.ScaleTest.Mock;

/// <summary>Chat completions: chunks of one shape, then the usage if it was asked for, then <c>[DONE]</c>.</summary>
/// <remarks>
/// Source: OpenAI API reference, "Chat completions". Reasoning is sent as <c>reasoning_content</c>, as DeepSeek and
/// vLLM do.
/// </remarks>
internal sealed class CompletionsFormat(MockRequest request, MockAnswer answer, string id) : IMockFormat
{
    private readonly byte[] _head = Encoding.UTF8.GetBytes(
        $$"""data: {"id":"chatcmpl-{{id}}","object":"chat.completion.chunk","created":0,"model":{{JsonSerializer.Serialize(request.Model)}},"choices":[{"index":0,"delta":""");

    private string FinishReason => answer.ToolCalls.Count > 0 ? "tool_calls" : "stop";

    public void WriteBegin(IBufferWriter<byte> output) => Write(output, """{"role":"assistant","content":""}"""u8);

    public void WriteReasoning(IBufferWriter<byte> output, ReadOnlySpan<byte> text) =>
        Write(output, """{"reasoning_content":" """u8[..^1], text, "\"}"u8);

    public void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> text) =>
        Write(output, """{"content":" """u8[..^1], text, "\"}"u8);

    public void WriteToolCall(IBufferWriter<byte> output, int index, MockToolCall call)
    {
        // Real models send the name first and the arguments in pieces.
        var arguments = call.Tool.Arguments;
        Write(output, Delta(
            new { Index = index, call.Id, Type = "function", Function = new { call.Tool.Name, Arguments = "" } }));
        Write(output, Delta(new { Index = index, Function = new { Arguments = arguments[..(arguments.Length / 2)] } }));
        Write(output, Delta(new { Index = index, Function = new { Arguments = arguments[(arguments.Length / 2)..] } }));
    }

    public void WriteEnd(IBufferWriter<byte> output)
    {
        output.Write(_head);
        output.Write(Encoding.UTF8.GetBytes($$$"""{},"finish_reason":"{{{FinishReason}}}"}]}"""));
        output.Write("\n\n"u8);
        if (request.WantsUsage)
        {
            output.Write(Encoding.UTF8.GetBytes(
                $$"""data: {"id":"chatcmpl-{{id}}","object":"chat.completion.chunk","created":0,"model":{{JsonSerializer.Serialize(request.Model)}},"choices":[],"usage":{{JsonSerializer.Serialize(Usage(), MockServer.Json)}}}"""));
            output.Write("\n\n"u8);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    public object Whole() => new
    {
        Id = $"chatcmpl-{id}",
        Object = "chat.completion",
        Created = 0,
        request.Model,
        Choices = new[]
        {
            new
            {
                Index = 0,
                FinishReason,
                Message = new
                {
                    Role = "assistant",
                    Content = MockText.Join(answer.Text),
                    ReasoningContent = MockText.Join(answer.Reasoning),
                    ToolCalls = answer.ToolCalls.Count == 0 ? null : answer.ToolCalls.Select(call => new
                    {
                        call.Id,
                        Type = "function",
                        Function = new { call.Tool.Name, call.Tool.Arguments },
                    }),
                },
            },
        },
        Usage = Usage(),
    };

    private object Usage() => new
    {
        PromptTokens = answer.InputTokens(request),
        CompletionTokens = answer.OutputTokens,
        TotalTokens = answer.InputTokens(request) + answer.OutputTokens,
    };

    private static byte[] Delta(object call) =>
        JsonSerializer.SerializeToUtf8Bytes(new { ToolCalls = new[] { call } }, MockServer.Json);

    private void Write(
        IBufferWriter<byte> output,
        ReadOnlySpan<byte> before,
        ReadOnlySpan<byte> text = default,
        ReadOnlySpan<byte> after = default)
    {
        output.Write(_head);
        output.Write(before);
        output.Write(text);
        output.Write(after);
        output.Write(""","finish_reason":null}]}"""u8);
        output.Write("\n\n"u8);
    }
}
