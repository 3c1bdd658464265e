// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>What came out of a configuration file: either the configuration or the errors.</summary>
public sealed class ConfigResult
{
    /// <summary>Null where there are errors.</summary>
    public readonly MachineConfig? Config;

    /// <summary>Empty where all is well.</summary>
    public readonly ConfigErrors Errors;

    /// <summary>
    /// What could be read, with errors or without: for who looks for more of them. What is missing or wrong has its
    /// default, 0 or nothing.
    /// </summary>
    public readonly MachineConfig Draft;

    internal ConfigResult(MachineConfig draft, ConfigErrors errors)
    {
        Config = errors.Count == 0 ? draft : null;
        Draft = draft;
        Errors = errors;
    }
}
