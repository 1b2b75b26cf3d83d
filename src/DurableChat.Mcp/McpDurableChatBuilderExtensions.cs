using DurableChat.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Mcp;

/// <summary>Gives models the tools of MCP servers.</summary>
public static class McpDurableChatBuilderExtensions
{
    /// <summary>
    /// Connects to MCP servers when the host starts, and lets models call those of their tools that are allowed. A server that goes away is connected to again; meanwhile its tools fail, which the model
    /// is told. To be called once.
    /// </summary>
    /// <param name="builder">What <c>AddDurableChat</c> gave back.</param>
    /// <param name="configure">Says which servers, e.g. by binding a section of the configuration.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    public static DurableChatBuilder AddMcp(this DurableChatBuilder builder, Action<McpOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new McpOptions();
        configure(options);
        if (options.Validate() is [_, ..] problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(configure));
        }

        builder.Services.AddSingleton(provider => new McpToolSource(options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<IToolSource>(provider => provider.GetRequiredService<McpToolSource>());

        // Started before turns are taken over, which may call tools, and stopped when the worker has handed over.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(provider => provider.GetRequiredService<McpToolSource>()));
        return builder;
    }
}
