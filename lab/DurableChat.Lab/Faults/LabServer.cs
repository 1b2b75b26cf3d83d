using System.Globalization;
using DurableChat.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DurableChat.Lab.Faults;

/// <summary>
/// The server of the product, with the faults that the section <c>Lab</c> of its configuration names.
/// </summary>
internal static class LabServer
{
    private static readonly object _inner = new();

    /// <summary>The program that runs it, with the server's own command and options.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "DurableChat.Lab.dll");

    /// <summary>Adds the faults to a server that is being built.</summary>
    public static void Configure(WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(LabSettings.Section).Get<LabSettings>() ?? new LabSettings();
        var services = builder.Services;
        if (settings.ClockOffsetMinutes != 0)
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(
                new OffsetTimeProvider(TimeSpan.FromMinutes(settings.ClockOffsetMinutes))));
        }

        if (settings.NotificationFaultRate > 0)
        {
            DecorateChannel(services, settings.NotificationFaultRate);
        }

        if (settings.ToolUrl is { } tool)
        {
            services.AddSingleton(new RemoteWorkTool(tool).Create());
        }
    }

    /// <summary>The settings of a replica, as variables of its environment.</summary>
    /// <param name="replica">
    /// Its number. Clocks are late, early and right in turn: one pair of three replicas differs by twice as much.
    /// </param>
    /// <param name="clockSkewMinutes">How late or early they are.</param>
    /// <param name="notificationFaultRate">The share of notifications with a fault.</param>
    public static Dictionary<string, string> Settings(
        int replica,
        int clockSkewMinutes,
        double notificationFaultRate) => new()
        {
            [Name(nameof(LabSettings.ClockOffsetMinutes))] = Text(
            clockSkewMinutes * (replica % 3 == 0 ? -1 : replica % 3 == 1 ? 1 : 0)),
            [Name(nameof(LabSettings.NotificationFaultRate))] = Text(notificationFaultRate),
        };

    /// <summary>A setting's name in the environment.</summary>
    public static string Name(string setting) => $"{LabSettings.Section}__{setting}";

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A server on SQLite has no channel.</summary>
    private static void DecorateChannel(IServiceCollection services, double rate)
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(INotificationChannel)) is not { } inner)
        {
            return;
        }

        // The container disposes of what it has made itself, so the channel stays a service.
        services.Remove(inner);
        services.AddKeyedSingleton(
            _inner, (provider, _) => (INotificationChannel)inner.ImplementationFactory!(provider));
        services.AddSingleton<INotificationChannel>(
            provider => new FaultyChannel(provider.GetRequiredKeyedService<INotificationChannel>(_inner), rate));
    }
}
