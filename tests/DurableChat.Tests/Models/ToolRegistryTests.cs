using DurableChat.Chats;
using DurableChat.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Tests.Models;

/// <summary>What becomes of what tools say.</summary>
public sealed class ToolRegistryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_tool_says_is_cut_off_also_if_it_is_an_error(bool isError)
    {
        var text = new string('x', 200_000);
        var tool = AIFunctionFactory.Create(() => isError ? throw new ToolInputException(text) : text, "talk");
        var options = new ToolOptions { MaxResultChars = 100 };
        var tools = new ToolRegistry([tool], options, TimeProvider.System, NullLogger<ToolRegistry>.Instance);
        var result = await tools.InvokeAsync(new ToolCallPart("call_1", "talk", "{}"), "key", null!, TestContext.Current.CancellationToken);
        Assert.Equal(new ToolResultPart("call_1", $"{text[..100]}\n[cut off after 100 characters]", isError), result);
    }

    [Fact]
    public async Task A_tool_that_blocks_its_thread_ends_at_its_time_limit()
    {
        using var go = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var tool = AIFunctionFactory.Create(
            () =>
            {
                begun.SetResult();
                go.Wait();
            },
            "block");
        var time = new FakeTimeProvider();
        var tools = new ToolRegistry([tool], new ToolOptions { CallTimeout = TimeSpan.FromSeconds(5) }, time, NullLogger<ToolRegistry>.Instance);
        var call = Task.Run(() => tools.InvokeAsync(new ToolCallPart("call_1", "block", "{}"), "key", null!, CancellationToken.None), TestContext.Current.CancellationToken);
        await begun.Task;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(new ToolResultPart("call_1", "The tool took too long. It may have had effects.", IsError: true), await call);
        go.Set();
    }

    [Fact]
    public async Task What_a_tool_says_is_not_cut_through_a_character()
    {
        var tool = AIFunctionFactory.Create(() => "123456789\U0001F600", "talk");
        var tools = new ToolRegistry([tool], new ToolOptions { MaxResultChars = 10 }, TimeProvider.System, NullLogger<ToolRegistry>.Instance);
        var result = await tools.InvokeAsync(new ToolCallPart("call_1", "talk", "{}"), "key", null!, TestContext.Current.CancellationToken);
        Assert.Equal("123456789\n[cut off after 10 characters]", result.Result);
    }
}
