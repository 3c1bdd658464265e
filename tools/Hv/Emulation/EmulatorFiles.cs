// SPDX-License-Identifier: MIT
using System.IO;

namespace Hypervisor.Tool.Emulation;

/// <summary>The files of one emulator, in the run's own folder: nothing that another run could meet.</summary>
internal sealed class EmulatorFiles
{
    private readonly TemporaryDirectory _folder;
    private readonly string _kept;

    /// <summary>
    /// Files in <paramref name="folder"/>; those that tell how it went in <paramref name="kept"/>, where that is given.
    /// </summary>
    public EmulatorFiles(TemporaryDirectory folder, string? kept = null)
    {
        _folder = folder;
        _kept = kept is null ? folder.FullName : Directory.CreateDirectory(kept).FullName;
    }

    public string ControlSocket => _folder.File("control");

    public string GdbSocket => _folder.File("gdb");

    public string FirmwareVariables => _folder.File("variables.fd");

    /// <summary>What Bochs' debugger is told.</summary>
    public string BochsCommands => _folder.File("bochs.commands");

    public string ResetLog => Path.Combine(_kept, "reset.log");

    public string BochsConfig => Path.Combine(_kept, "bochsrc");

    public string BochsLog => Path.Combine(_kept, "bochs.log");
}
