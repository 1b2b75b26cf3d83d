using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DurableChat.ScaleTest.Mock;

/// <summary>The Responses API: items that are opened, filled and closed, in numbered events.</summary>
/// <remarks>Source: OpenAI API reference, "Responses", "Streaming events".</remarks>
internal sealed class ResponsesFormat(MockRequest request, MockAnswer answer, string id) : IMockFormat
{
    private readonly string _messageId = $"msg_{id}";
    private readonly string _reasoningId = $"rs_{id}";
    private int _sequence;
    private int _item;
    private bool _isReasoningOpen;
    private bool _isTextOpen;

    public void WriteBegin(IBufferWriter<byte> output)
    {
        Write(
            output,
            new { Type = "response.created", SequenceNumber = _sequence++, Response = Response("in_progress", []) });
        Write(output, new
        {
            Type = "response.in_progress",
            SequenceNumber = _sequence++,
            Response = Response("in_progress", []),
        });
    }

    public void WriteReasoning(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        if (!_isReasoningOpen)
        {
            _isReasoningOpen = true;
            Write(output, new
            {
                Type = "response.output_item.added",
                SequenceNumber = _sequence++,
                OutputIndex = _item,
                Item = new { Id = _reasoningId, Type = "reasoning", Summary = Array.Empty<object>() },
            });
            Write(output, new
            {
                Type = "response.reasoning_summary_part.added",
                SequenceNumber = _sequence++,
                ItemId = _reasoningId,
                OutputIndex = _item,
                SummaryIndex = 0,
                Part = new { Type = "summary_text", Text = "" },
            });
        }

        Write(output, new
        {
            Type = "response.reasoning_summary_text.delta",
            SequenceNumber = _sequence++,
            ItemId = _reasoningId,
            OutputIndex = _item,
            SummaryIndex = 0,
            Delta = Encoding.ASCII.GetString(text),
        });
    }

    public void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        CloseReasoning(output);
        if (!_isTextOpen)
        {
            _isTextOpen = true;
            Write(
                output,
                new
                {
                    Type = "response.output_item.added",
                    SequenceNumber = _sequence++,
                    OutputIndex = _item,
                    Item = new
                    {
                        Id = _messageId,
                        Type = "message",
                        Status = "in_progress",
                        Role = "assistant",
                        Content = Array.Empty<object>(),
                    }
                });
            Write(output, new
            {
                Type = "response.content_part.added",
                SequenceNumber = _sequence++,
                ItemId = _messageId,
                OutputIndex = _item,
                ContentIndex = 0,
                Part = TextPart(""),
            });
        }

        Write(output, new
        {
            Type = "response.output_text.delta",
            SequenceNumber = _sequence++,
            ItemId = _messageId,
            OutputIndex = _item,
            ContentIndex = 0,
            Delta = Encoding.ASCII.GetString(text),
        });
    }

    public void WriteToolCall(IBufferWriter<byte> output, int index, MockToolCall call)
    {
        CloseReasoning(output);
        var item = $"fc_{call.Id}";
        Write(output, new
        {
            Type = "response.output_item.added",
            SequenceNumber = _sequence++,
            OutputIndex = _item,
            Item = CallItem(call, "in_progress", ""),
        });
        Write(output, new
        {
            Type = "response.function_call_arguments.delta",
            SequenceNumber = _sequence++,
            ItemId = item,
            OutputIndex = _item,
            Delta = call.Tool.Arguments,
        });
        Write(output, new
        {
            Type = "response.function_call_arguments.done",
            SequenceNumber = _sequence++,
            ItemId = item,
            OutputIndex = _item,
            call.Tool.Arguments,
        });
        Write(output, new
        {
            Type = "response.output_item.done",
            SequenceNumber = _sequence++,
            OutputIndex = _item++,
            Item = CallItem(call, "completed", call.Tool.Arguments),
        });
    }

    public void WriteEnd(IBufferWriter<byte> output)
    {
        CloseReasoning(output);
        if (_isTextOpen)
        {
            var text = MockText.Join(answer.Text);
            Write(output, new
            {
                Type = "response.output_text.done",
                SequenceNumber = _sequence++,
                ItemId = _messageId,
                OutputIndex = _item,
                ContentIndex = 0,
                Text = text,
            });
            Write(output, new
            {
                Type = "response.content_part.done",
                SequenceNumber = _sequence++,
                ItemId = _messageId,
                OutputIndex = _item,
                ContentIndex = 0,
                Part = TextPart(text),
            });
            Write(output, new
            {
                Type = "response.output_item.done",
                SequenceNumber = _sequence++,
                OutputIndex = _item++,
                Item = TextItem(),
            });
        }

        Write(output, new { Type = "response.completed", SequenceNumber = _sequence++, Response = Whole() });
    }

    public object Whole()
    {
        var items = new List<object>();
        if (answer.Reasoning.Count > 0)
        {
            items.Add(ReasoningItem());
        }

        if (answer.Text.Count > 0)
        {
            items.Add(TextItem());
        }

        items.AddRange(answer.ToolCalls.Select(call => CallItem(call, "completed", call.Tool.Arguments)));
        return Response("completed", items);
    }

    private void CloseReasoning(IBufferWriter<byte> output)
    {
        if (_isReasoningOpen)
        {
            _isReasoningOpen = false;
            Write(output, new
            {
                Type = "response.output_item.done",
                SequenceNumber = _sequence++,
                OutputIndex = _item++,
                Item = ReasoningItem(),
            });
        }
    }

    private object Response(string status, IReadOnlyList<object> items) => new
    {
        Id = $"resp_{id}",
        Object = "response",
        CreatedAt = 0,
        Status = status,
        request.Model,
        Output = items,
        ParallelToolCalls = true,
        ToolChoice = "auto",
        Tools = Array.Empty<object>(),
        Usage = new
        {
            InputTokens = answer.InputTokens(request),
            InputTokensDetails = new { CachedTokens = 0 },
            answer.OutputTokens,
            OutputTokensDetails = new { ReasoningTokens = answer.Reasoning.Count },
            TotalTokens = answer.InputTokens(request) + answer.OutputTokens,
        },
    };

    private object ReasoningItem() => new
    {
        Id = _reasoningId,
        Type = "reasoning",
        Summary = new[] { new { Type = "summary_text", Text = MockText.Join(answer.Reasoning) } },
    };

    private object TextItem() => new
    {
        Id = _messageId,
        Type = "message",
        Status = "completed",
        Role = "assistant",
        Content = new[] { TextPart(MockText.Join(answer.Text)) },
    };

    private static object TextPart(string text) =>
        new { Type = "output_text", Text = text, Annotations = Array.Empty<object>() };

    private static object CallItem(MockToolCall call, string status, string arguments) =>
        new
        {
            Id = $"fc_{call.Id}",
            Type = "function_call",
            Status = status,
            CallId = call.Id,
            call.Tool.Name,
            Arguments = arguments,
        };

    private static void Write<T>(IBufferWriter<byte> output, T sent)
    {
        output.Write("data: "u8);
        output.Write(JsonSerializer.SerializeToUtf8Bytes(sent, MockServer.Json));
        output.Write("\n\n"u8);
    }
}
