// SPDX-License-Identifier: MIT
namespace Hypervisor.Tool.Emulation;

/// <summary>The files of one emulator, in the run's own folder: nothing that another run could meet.</summary>
internal sealed class EmulatorFiles(TemporaryDirectory folder)
{
    public string ControlSocket => folder.File("control");

    public string GdbSocket => folder.File("gdb");

    public string ResetLog => folder.File("reset.log");

    public string FirmwareVariables => folder.File("variables.fd");
}
