using DurableChat.Chats;
using DurableChat.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
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
        var result = await tools.InvokeAsync(new ToolCallPart("call_1", "talk", "{}"), null!, TestContext.Current.CancellationToken);
        Assert.Equal(new ToolResultPart("call_1", $"{text[..100]}\n[cut off after 100 characters]", isError), result);
    }
}
